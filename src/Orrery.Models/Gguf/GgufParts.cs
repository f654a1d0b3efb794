namespace Orrery.Models.Gguf;

/// <summary>
/// The files of one model. A split model's files say in <c>split.no</c> (from 0) and <c>split.count</c> which part they are, and in their
/// names as well; the first holds all other metadata.
/// </summary>
internal static class GgufParts
{
    /// <summary>The largest models in use come in fewer than 200.</summary>
    private const int MaxParts = 4096;

    /// <summary>Opens all parts, whichever of them the path leads to. The caller owns the files; on an error none stays open.</summary>
    /// <param name="header">Of the first part, with the tensors of all.</param>
    public static List<MappedFile> Open(string path, out GgufHeader header)
    {
        var open = new List<MappedFile>();
        try
        {
            var given = OpenFile(path, open);
            header = given.Header;
            if (CountOf(header) <= 1)
                return open;

            var name = NameOf(header, path);
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var parts = new List<(MappedFile File, GgufHeader Header)>(name.Count);
            for (int number = 1; number <= name.Count; number++)
            {
                var part = name with { Number = number };
                parts.Add(part == name ? given : OpenPart(Path.Combine(folder, part.FileName), part, open));
                Check(parts[^1].Header, part);
            }
            header = Join([.. parts.Select(part => part.Header)], name.Count);
            return [.. parts.Select(part => part.File)];
        }
        catch
        {
            foreach (var file in open)
                file.Dispose();
            throw;
        }
    }

    /// <summary>All tensors under the metadata of the first part.</summary>
    /// <exception cref="InvalidModelFileException">A tensor is in two parts, or there are more or fewer than the metadata says.</exception>
    internal static GgufHeader Join(IReadOnlyList<GgufHeader> parts, int count)
    {
        var tensors = new Dictionary<string, GgufTensor>(StringComparer.Ordinal);
        for (int part = 0; part < parts.Count; part++)
        {
            foreach (var tensor in parts[part].Tensors.Values)
            {
                if (!tensors.TryAdd(tensor.Name, tensor with { Part = part }))
                {
                    throw new InvalidModelFileException(
                        parts[part].Metadata.File,
                        "tensor " + InvalidModelFileException.Quote(tensor.Name),
                        $"is in part {part + 1} and in part {tensors[tensor.Name].Part + 1} of {count}",
                        "Get all files of one model.");
                }
            }
        }
        var first = parts[0].Metadata;
        if (first.WholeNumber("split.tensors.count", 0, int.MaxValue) is { } expected && expected != tensors.Count)
            throw first.Invalid("split.tensors.count", $"is {expected}; the {count} parts hold {tensors.Count} tensors", "Get all files of one model.");
        return parts[0] with { Tensors = tensors };
    }

    private static (MappedFile File, GgufHeader Header) OpenFile(string path, List<MappedFile> open)
    {
        var file = MappedFile.Open(path, GgufPartName.Extension);
        open.Add(file);
        return (file, GgufHeader.Read(file.Start, file.Bytes, file.Path));
    }

    private static (MappedFile File, GgufHeader Header) OpenPart(string path, GgufPartName part, List<MappedFile> open)
        => File.Exists(path) ? OpenFile(path, open) : throw new InvalidModelFileException(path, part.Text, "is missing", "Get all files of the model.");

    // 0 is what a model says that was split once and is whole again.
    private static long CountOf(GgufHeader header) => header.Metadata.WholeNumber("split.count", 0, MaxParts) ?? 0;

    private static long NumberOf(GgufHeader header)
        => 1 + (header.Metadata.WholeNumber("split.no", 0, MaxParts - 1) ?? throw header.Metadata.Missing("split.no"));

    private static GgufPartName NameOf(GgufHeader header, string path)
    {
        long number = NumberOf(header), count = CountOf(header);
        string fileName = Path.GetFileName(path);
        if (GgufPartName.Parse(fileName) is { } name && name.Number == number && name.Count == count)
            return name;
        throw header.Metadata.Invalid(
            "split.no",
            $"makes the file part {number} of {count}, which its name does not say",
            $"Give every part its own name back, such as NAME-{number:00000}-of-{count:00000}.gguf.");
    }

    private static void Check(GgufHeader header, GgufPartName part)
    {
        long number = NumberOf(header), count = CountOf(header);
        if (number != part.Number || count != part.Count)
            throw new InvalidModelFileException(header.Metadata.File, part.Text, $"is part {number} of {count} by its metadata", "The files are mixed up: get all files of one model.");
    }
}
