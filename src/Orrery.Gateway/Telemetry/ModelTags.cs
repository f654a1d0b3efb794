using System.Collections.Concurrent;
using MeterTag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Orrery.Gateway.Telemetry;

/// <summary>The tags of one model's requests of one operation, made once.</summary>
internal sealed class ModelTags
{
    private static readonly string[] Classes = ["1xx", "2xx", "3xx", "4xx", "5xx"];

    private readonly MeterTag[][] _byClass;

    public ModelTags(string model, string operation)
    {
        Plain = [new(TelemetryNames.Operation, operation), new(TelemetryNames.Model, model)];
        Input = [.. Plain, new(TelemetryNames.TokenType, "input")];
        Output = [.. Plain, new(TelemetryNames.TokenType, "output")];
        _byClass = [.. Classes.Select(c => (MeterTag[])[.. Plain, new(TelemetryNames.Code, c)])];
    }

    public MeterTag[] Plain { get; }

    public MeterTag[] Input { get; }

    public MeterTag[] Output { get; }

    /// <param name="status">100 to 599.</param>
    public MeterTag[] OfStatus(int status) => _byClass[Math.Clamp((status / 100) - 1, 0, Classes.Length - 1)];
}

/// <summary>Tags by model and operation. Only models that there are may be asked for; of them the first few have a name of their own.</summary>
internal sealed class ModelTagTable
{
    /// <summary>Models that are told apart. Those that come after have <see cref="Other"/> for a name, until the gateway is started again.</summary>
    public const int MaxModels = 200;

    public const string Other = "other";

    /// <summary>Of requests that never came to a model.</summary>
    public const string None = "";

    private readonly ConcurrentDictionary<(string Model, string Operation), ModelTags> _tags = new();
    private readonly HashSet<string> _models = new(StringComparer.Ordinal) { None };
    private readonly Lock _lock = new();

    /// <param name="operation">One of <see cref="Operations"/>, so that there are few.</param>
    public ModelTags Of(string model, string operation)
        => _tags.TryGetValue((model, operation), out var tags) ? tags : Add(model, operation);

    /// <summary>The model's name, where it has one of its own.</summary>
    public string NameOf(string model)
    {
        lock (_lock)
            return _models.Contains(model) || (_models.Count <= MaxModels && _models.Add(model)) ? model : Other;
    }

    private ModelTags Add(string model, string operation)
    {
        string name = NameOf(model);
        return _tags.GetOrAdd((name, operation), key => new ModelTags(key.Model, key.Operation));
    }
}
