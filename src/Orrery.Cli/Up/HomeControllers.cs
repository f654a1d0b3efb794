using Microsoft.Extensions.Logging;
using Orrery.Control.Accelerators;
using Orrery.Control.Events;
using Orrery.Control.Loop;
using Orrery.Control.Models;
using Orrery.Control.Residency;
using Orrery.Control.Serving;
using Orrery.Control.Serving.External;
using Orrery.Control.Unattended;
using Orrery.Resources.Demand;
using Orrery.Resources.Store;
using Orrery.Resources.Workloads;

namespace Orrery.Cli.Up;

/// <summary>The controllers of the embedded home, over its parts.</summary>
internal sealed record HomeControllers(
    ResourceStore Store, IWorkloadRuntime Runtime, IModelAgent Models, DemandMeter Demand, ResidencyBoard Residency, IExternalProbe External, Uri Gateway, TimeProvider Time)
{
    /// <summary>One loop for each; none runs yet.</summary>
    public IEnumerable<ControllerLoop> Loops(ILogger<ControllerLoop> log)
    {
        var models = new ModelController(Store, Models, ModelFiles.Inspect, new EventRecorder(Store, "model-controller", Time), Time);
        yield return new ControllerLoop(models, models.Triggers(), Time, log);

        var services = new InferenceServiceController(
            Store, Runtime, new WorkloadView(Runtime), Demand, External, Residency, new EventRecorder(Store, "inferenceservice-controller", Time), Time)
        {
            Url = $"{ListenAddress.ToConnect(Gateway)}/v1",
        };
        // One at a time: what a service takes stands in its status, and two that decided together would take the same accelerators.
        yield return new ControllerLoop(services, services.Triggers(), Time, log, workers: 1);

        var accelerators = new AcceleratorClassController(Store, Time);
        yield return new ControllerLoop(accelerators, accelerators.Triggers(), Time, log);

        var unattended = new UnattendedController(Store, Time);
        yield return new ControllerLoop(unattended, unattended.Triggers(), Time, log);
    }
}
