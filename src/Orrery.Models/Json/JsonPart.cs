using System.Text.Json;

namespace Orrery.Models.Json;

/// <summary>
/// A value in a model's JSON file that knows where it stands, so that errors can name it. A member that is null counts as absent;
/// one of another type than asked for is an error, never absent.
/// </summary>
internal readonly struct JsonPart(string file, string path, JsonElement value)
{
    public string File { get; } = file;

    public JsonValueKind Kind => value.ValueKind;

    public string KindText => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };

    /// <summary>Null when absent.</summary>
    public JsonPart? Find(string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null
                ? new JsonPart(File, Path(name), found)
                : null;
        }
        catch (InvalidOperationException e)
        {
            throw NotText("a name in " + Subject(path), e);
        }
    }

    public JsonPart Get(string name) => Find(name) ?? throw new InvalidModelFileException(File, Subject(Path(name)), "is missing", "Get the file again.");

    public IEnumerable<JsonPart> Items()
    {
        Expect(JsonValueKind.Array);
        int index = 0;
        foreach (var item in value.EnumerateArray())
            yield return new JsonPart(File, $"{path}[{index++}]", item);
    }

    public int Count() => Kind switch
    {
        JsonValueKind.Array => value.GetArrayLength(),
        JsonValueKind.Object => value.GetPropertyCount(),
        _ => throw Invalid($"is {KindText}; an array or object is needed"),
    };

    public IEnumerable<(string Name, JsonPart Value)> Members()
    {
        Expect(JsonValueKind.Object);
        foreach (var member in value.EnumerateObject())
        {
            string name = NameOf(member);
            yield return (name, new JsonPart(File, Path(name), member.Value));
        }
    }

    public string Text()
    {
        Expect(JsonValueKind.String);
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw NotText(Subject(path), e);
        }
    }

    public double Number()
    {
        Expect(JsonValueKind.Number);
        double number = value.GetDouble();
        return double.IsFinite(number) ? number : throw Invalid("is no finite number");
    }

    public long WholeNumber(long least, long most)
    {
        Expect(JsonValueKind.Number);
        return value.TryGetInt64(out long number) && number >= least && number <= most
            ? number
            : throw Invalid($"is {value.GetRawText()}; it must be a whole number between {least} and {most}");
    }

    public bool Truth() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Invalid($"is {KindText}; true or false is needed"),
    };

    public string? TextOf(string name) => Find(name)?.Text();

    public bool? TruthOf(string name) => Find(name)?.Truth();

    public long? WholeNumberOf(string name, long least, long most) => Find(name)?.WholeNumber(least, most);

    public double? NumberOf(string name) => Find(name)?.Number();

    public InvalidModelFileException Invalid(string problem, string nextStep = "Get the file again.") => new(File, Subject(path), problem, nextStep);

    private void Expect(JsonValueKind kind)
    {
        if (value.ValueKind != kind)
            throw Invalid($"is {KindText}; {kind switch { JsonValueKind.Object => "an object", JsonValueKind.Array => "an array", JsonValueKind.String => "a string", _ => "a number" }} is needed");
    }

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw NotText("a name in " + Subject(path), e);
        }
    }

    private InvalidModelFileException NotText(string subject, InvalidOperationException e) => new(File, subject, "is not valid Unicode", InvalidModelFileException.GetItAgain, e);

    private string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Subject(string path) => path.Length == 0 ? "the file" : "key " + InvalidModelFileException.Quote(path);
}
