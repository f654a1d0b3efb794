using System.Globalization;
using Orrery.Control.Fitting;
using Orrery.Control.Places;
using Orrery.Resources;
using Orrery.Resources.Pods;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Serving.Components;

/// <summary>Renders one component to the workload that runs it. Pure.</summary>
internal static class WorkloadTemplate
{
    private const int DefaultGraceSeconds = 2;
    private const int DefaultPort = 8080;

    public static Rendering Render(ComponentQuestion question)
    {
        var (seen, form) = (question.Seen, question.Form);
        var (bounds, wrong) = ReplacementBounds.Of(form.Spec.DeploymentStrategy, question.Replicas, $"{question.Field}.deploymentStrategy");
        if (bounds is null)
            return new Rendering.Wrong(ServiceConditions.InvalidSpec, wrong!);

        long grace = form.Process?.TerminationGracePeriodSeconds ?? form.Spec.TerminationGracePeriodSeconds ?? DefaultGraceSeconds;
        var bare = new Workload
        {
            Key = new WorkloadKey(seen.Document.Metadata.Namespace!, ServingNames.Workload(seen.Document.Metadata.Name!, question.Role.Name)),
            Owner = OwnerOf(seen.Document),
            Revision = "",
            Replicas = question.Replicas,
            Component = question.Role.Name,
            Labels = LabelsOf(seen.Document, question.Role),
            GroupSize = form.GroupSize,
            Models = question.Role.LoadsModel ? [question.Ground.Model.Path, .. question.Ground.Weights.Select(w => w.Path)] : [],
            ModelBytes = question.ModelBytes,
            Probe = new Probe(),
            DrainTimeout = TimeSpan.FromSeconds(grace),
            MaxSurge = bounds.Surge,
            MaxUnavailable = bounds.Unavailable,
            Paused = seen.Service.Spec.Paused == true,
        };
        var rendering = (form.Process, form.Container) switch
        {
            ({ } process, _) => AsProcess(question, process, bare, Texts(question, grace)),
            (_, { } container) => AsContainer(question, container, bare, Texts(question, grace)),
            _ => new Rendering.Wrong(
                ServiceConditions.InvalidSpec, $"{question.Field}: neither the service nor {question.Ground.Runtime.Runtime} says how a {question.Role.Name} runs; set {question.Field}.process"),
        };
        return rendering is Rendering.Done { Workload: var workload } ? new Rendering.Done(workload with { Revision = WorkloadRevision.Of(seen.Document.Metadata.Uid!, seen.Service.Spec.RestartedAt, workload) }) : rendering;
    }

    private static Rendering AsProcess(ComponentQuestion question, ProcessSpec process, Workload bare, Placeholders texts)
    {
        var (resources, wrong) = ReplicaResources.Of(process.Resources ?? question.Form.Spec.Resources, question.Room, $"{question.Field}.process.resources");
        if (wrong is not null)
            return new Rendering.Wrong(ServiceConditions.InvalidSpec, wrong);
        process = RuntimeProcess.On(process, question.Form.IsOwnProcess ? null : question.Room?.Config(question.Ground.Runtime.Winner));
        var probe = ProbeSettings.Of(process, question.ModelBytes);
        return new Rendering.Done(bare with
        {
            Process = new ProcessTemplate
            {
                Command = [.. texts.FillAll((process.Command ?? []).Concat(process.Args ?? [])), .. WeightArguments(process, question, texts)],
                Env = Variables.Of(process).And(question.Form.Spec.Config ?? Nothing).Rendered(texts, question.Seen.Secrets),
                WorkingDirectory = process.WorkingDir,
            },
            Resources = resources,
            Probe = question.Role.Answers(question.Seen.Service.Spec) ? probe.WithFirstRequest(question.Ground.Model) : probe,
        });
    }

    private static Rendering AsContainer(ComponentQuestion question, ContainerSpec container, Workload bare, Placeholders texts)
    {
        string field = $"{question.Field}.runner";
        if (question.Seen.Place is { RunsContainers: false })
        {
            return new Rendering.Wrong(
                ServiceConditions.NoContainers, $"{field}: a container is asked for, and {ServingPlace.NoEngine}, or say how it starts in {question.Field}.process");
        }
        if (container.Image is not { Length: > 0 } image)
            return new Rendering.Wrong(ServiceConditions.InvalidSpec, $"{field}.image: must be set, since {question.Ground.Runtime.Runtime} has none either");
        container = RuntimeProcess.On(container, question.Room?.Config(question.Ground.Runtime.Winner));
        var (variables, unread) = Variables.Of(container, field);
        var (resources, wrong) = ReplicaResources.Of(container.Resources ?? question.Form.Spec.Resources, question.Room, $"{field}.resources");
        if ((unread ?? wrong) is { } problem)
            return new Rendering.Wrong(ServiceConditions.InvalidSpec, problem);

        var told = ContainerMounts.Variables(question);
        variables = variables.And(question.Form.Spec.Config ?? Nothing).And(told);
        // As of containers: $(NAME) is another variable. A secret's stays as it stands, for arguments can be seen by everybody.
        texts = told.Where(t => !texts.Texts.ContainsKey(t.Key)).Aggregate(texts, (all, t) => all.With(t.Key, t.Value));
        foreach (var variable in variables.Where(v => v.Text is not null))
            texts = texts.With(variable.Name, texts.Fill(variable.Text!));
        var probe = ProbeSettings.Of(container, question.ModelBytes);
        return new Rendering.Done(bare with
        {
            Container = new ContainerTemplate
            {
                Image = image,
                PullPolicy = container.ImagePullPolicy ?? "IfNotPresent",
                Command = [.. texts.FillAll(container.Command ?? [])],
                Args = [.. texts.FillAll(container.Args ?? [])],
                Env = variables.Rendered(texts, question.Seen.Secrets),
                WorkingDirectory = container.WorkingDir,
                Port = container.Ports is [{ Number: { } port }, ..] ? port : DefaultPort,
                Mounts = ContainerMounts.Of(bare.Models),
            },
            Resources = resources,
            Probe = question.Role.Answers(question.Seen.Service.Spec) ? probe.WithFirstRequest(question.Ground.Model) : probe,
        });
    }

    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    private static Placeholders Texts(ComponentQuestion question, long grace)
    {
        var fit = question.Room?.Fit as FitResult.Fits;
        return new Placeholders(new Dictionary<string, string>
        {
            ["MODEL_PATH"] = question.Ground.Model.Path,
            ["MODEL_NAME"] = question.Ground.Model.Name,
            ["GRACE_PERIOD_SECONDS"] = grace.ToString(CultureInfo.InvariantCulture),
            // The parallelism that the fit found.
            ["TENSOR_PARALLEL_SIZE"] = (fit?.Tensor ?? 1).ToString(CultureInfo.InvariantCulture),
            ["PIPELINE_PARALLEL_SIZE"] = (fit?.Pipeline ?? 1).ToString(CultureInfo.InvariantCulture),
            ["DATA_PARALLEL_SIZE"] = (fit?.Data ?? 1).ToString(CultureInfo.InvariantCulture),
        }, question.Urls);
    }

    private static IEnumerable<string> WeightArguments(ProcessSpec process, ComponentQuestion question, Placeholders texts)
    {
        if (!question.Role.LoadsModel || process.WeightArgs is not { Count: > 0 } arguments || question.Ground.Weights.Count == 0)
            return [];
        return
        [
            .. texts.FillAll(process.WeightArgsPrefix ?? []),
            .. question.Ground.Weights.SelectMany(w => texts.With("WEIGHT_NAME", w.Name).With("WEIGHT_PATH", w.Path).FillAll(arguments)),
        ];
    }

    private static OwnerReference OwnerOf(Document service) => new()
    {
        ApiVersion = service.Kind.ApiVersion,
        Kind = service.Kind.Name,
        Name = service.Metadata.Name,
        Uid = service.Metadata.Uid,
        Controller = true,
    };

    // What people select by: `kubectl logs -l orrery.dev/inferenceservice=stories`.
    private static SortedDictionary<string, string> LabelsOf(Document service, ComponentRole role) => new(StringComparer.Ordinal)
    {
        ["app.kubernetes.io/name"] = service.Metadata.Name!,
        ["app.kubernetes.io/component"] = role.Name,
        ["app.kubernetes.io/managed-by"] = "orrery",
        [$"{Kinds.Group}/inferenceservice"] = service.Metadata.Name!,
        [$"{Kinds.Group}/component"] = role.Name,
    };
}
