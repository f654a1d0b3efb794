using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Resources.Text;

namespace Orrery.Resources.Patches;

/// <summary>RFC 6902: operations done one after the other, all or none.</summary>
public sealed record JsonPatch(IReadOnlyList<JsonPatch.Step> Steps) : Patch
{
    /// <summary>kube-apiserver's bound.</summary>
    public const int MaxSteps = 10_000;

    /// <summary>Bytes that all <c>copy</c> operations of a patch may make.</summary>
    public const int MaxCopiedBytes = 3 * 1024 * 1024;

    private static readonly string[] Operations = ["add", "remove", "replace", "move", "copy", "test"];

    /// <param name="Operation">One of add, remove, replace, move, copy and test.</param>
    /// <param name="Path">A JSON pointer.</param>
    /// <param name="From">Of move and copy.</param>
    /// <param name="Value">Of add, replace and test.</param>
    public sealed record Step(string Operation, string Path, string? From, JsonNode? Value);

    /// <returns>The patch, or what is wrong with it.</returns>
    public static (JsonPatch? Patch, PatchResult? Refused) Read(JsonArray json)
    {
        if (json.Count > MaxSteps)
            return (null, new PatchResult.TooLarge($"The allowed maximum operations in a JSON patch is {MaxSteps}, got {json.Count}"));
        var steps = new List<Step>(json.Count);
        for (int i = 0; i < json.Count; i++)
        {
            if (json[i] is not JsonObject told)
                return (null, new PatchResult.Malformed($"[{i}]: must be an object with op and path"));
            var (step, problem) = ReadStep(told);
            if (step is null)
                return (null, new PatchResult.Unfit($"[{i}]{problem}"));
            steps.Add(step);
        }
        return (new JsonPatch(steps), null);
    }

    public override PatchResult Apply(JsonObject current)
    {
        JsonNode? root = current.DeepClone();
        long copied = 0;
        for (int i = 0; i < Steps.Count; i++)
        {
            string? problem;
            try
            {
                problem = Do(Steps[i], ref root, ref copied);
            }
            catch (JsonException e)
            {
                problem = e.Message;
            }
            if (copied > MaxCopiedBytes)
                return new PatchResult.TooLarge($"the copy operations of a JSON patch may make {MaxCopiedBytes} bytes, and operation {i} goes beyond them");
            if (problem is not null)
                return new PatchResult.Unfit($"{Steps[i].Operation} operation {i} does not apply at '{Steps[i].Path}': {problem}");
        }
        return root is JsonObject json ? new PatchResult.Patched(json) : new PatchResult.Unfit("the patch leaves no JSON object");
    }

    private static (Step? Step, string? Problem) ReadStep(JsonObject step)
    {
        if (Text(step["op"]) is not { } operation || !Operations.Contains(operation))
            return (null, $".op: {Excerpt.Of(step["op"])} must be one of {string.Join(", ", Operations)}");
        if (Text(step["path"]) is not { } path || JsonPointer.Parse(path) is null)
            return (null, $".path: {Excerpt.Of(step["path"])} must be a JSON pointer such as /spec/engine");
        string? from = Text(step["from"]);
        if (operation is "move" or "copy" && (from is null || JsonPointer.Parse(from) is null))
            return (null, $".from: {Excerpt.Of(step["from"])} must be a JSON pointer such as /spec/engine");
        if (operation is "add" or "replace" && !step.ContainsKey("value"))
            return (null, $".value: must be set for {operation}");
        return (new Step(operation, path, from, step["value"]), null);
    }

    /// <returns>Null: done.</returns>
    private static string? Do(Step step, ref JsonNode? root, ref long copied)
    {
        var path = JsonPointer.Parse(step.Path)!;
        switch (step.Operation)
        {
            case "add":
                return Add(ref root, path, step.Value?.DeepClone());
            case "remove":
                return Remove(root, path);
            case "replace":
                if (path.Parent is null)
                {
                    root = step.Value?.DeepClone();
                    return null;
                }
                return path.Find(root).Found ? Replace(root, path, step.Value?.DeepClone()) : "there is nothing to replace";
            case "test":
                // What is not there is equal to null, as kube-apiserver's library has it.
                return JsonNode.DeepEquals(path.Find(root).Value, step.Value) ? null : "testing value failed";
        }

        var from = JsonPointer.Parse(step.From!)!;
        var (found, value) = from.Find(root);
        if (!found)
            return $"there is nothing at '{step.From}'";
        if (step.Operation == "copy")
        {
            // Operations before this one may have nested it deeper than a writer of JSON goes.
            if (value is not null && JsonText.IsTooDeep(value))
                return $"what is at '{step.From}' is nested deeper than {Document.MaxDepth}";
            copied += value is null ? 4 : Document.ToUtf8(value).Length;
            return copied > MaxCopiedBytes ? null : Add(ref root, path, value?.DeepClone());
        }
        if (from.Steps.Count == path.Steps.Count && from.Holds(path))
            return null;
        if (from.Holds(path))
            return $"'{step.From}' cannot be moved into itself";
        return Remove(root, from) ?? Add(ref root, path, value);
    }

    private static string? Add(ref JsonNode? root, JsonPointer path, JsonNode? value)
    {
        if (path.Parent is null)
        {
            root = value;
            return null;
        }
        switch (path.Parent.Find(root).Value)
        {
            case JsonObject json:
                json[path.Last] = value;
                return null;
            case JsonArray array when path.Last == "-":
                array.Add(value);
                return null;
            case JsonArray array when JsonPointer.Index(path.Last, array.Count) is { } index:
                array.Insert(index, value);
                return null;
            default:
                return $"there is nothing at '{path.Parent}' that could hold it";
        }
    }

    private static string? Remove(JsonNode? root, JsonPointer path)
    {
        switch (path.Parent?.Find(root).Value)
        {
            case JsonObject json when json.Remove(path.Last):
                return null;
            case JsonArray array when JsonPointer.Index(path.Last, array.Count - 1) is { } index:
                array.RemoveAt(index);
                return null;
            default:
                return "there is nothing to remove";
        }
    }

    private static string? Replace(JsonNode? root, JsonPointer path, JsonNode? value)
    {
        var parent = path.Parent!.Find(root).Value;
        if (parent is JsonArray array)
            array[JsonPointer.Index(path.Last, array.Count - 1)!.Value] = value;
        else
            parent!.AsObject()[path.Last] = value;
        return null;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
