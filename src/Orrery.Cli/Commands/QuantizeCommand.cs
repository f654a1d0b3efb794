using System.CommandLine;
using System.Globalization;
using Orrery.Cli.Client;
using Orrery.Cli.Up;
using Orrery.Engine.Conversion;
using Orrery.Models;
using Orrery.Models.Gguf;
using Orrery.Models.Safetensors;
using Orrery.Tensors;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery quantize IN OUT --type T</c>: a model as one GGUF file with smaller weights.</summary>
internal static class QuantizeCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var from = new Argument<string>("IN") { Description = "GGUF file (any part of a split one), safetensors file, or folder with config.json." };
        var to = new Argument<string>("OUT") { Description = "GGUF file to write. It appears whole, or not at all." };
        var type = new Option<string>("--type") { Description = $"Type of the matrices: {string.Join(", ", WeightTypes.Working)}.", Required = true };
        var force = new Option<bool>("--force") { Description = "Write over OUT when it is there." };
        var command = new Command("quantize", "Write a model as one GGUF file with weights of another type.") { from, to, type, force };
        command.SetAction(async (parsed, ct) =>
        {
            var (source, target) = (parsed.GetValue(from)!, parsed.GetValue(to)!);
            var wanted = TypeOf("--type", parsed.GetValue(type)!);
            if (!Path.Exists(source))
                throw new CliException(ModelFiles.Absent(source));
            if (Path.Exists(target) && !parsed.GetValue(force))
                throw new CliException($"'{target}' is there already. Give another name, or --force to write over it.");

            long before = Write(source, target, wanted), after = new FileInfo(target).Length;
            await console.Profile.Out.Writer.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{target}: {wanted}, {after / 1048576.0:0.0} MiB, {100.0 * after / before:0} % of the {before / 1048576.0:0.0} MiB of {source}"));
            return 0;
        });
        return command;
    }

    /// <exception cref="CliException">It is no type of weights that works here.</exception>
    public static DType TypeOf(string option, string name) => WeightTypes.TryParse(name, out var type, out string? problem) ? type : throw new CliException($"{option}: {problem}");

    /// <returns>Bytes of the files that were read.</returns>
    private static long Write(string from, string to, DType wanted)
    {
        try
        {
            using var source = ModelSource.Open(from);
            if (source is GgufFile file)
                GgufQuantize.Write(file, wanted, to);
            else
                GgufExport.Write((SafetensorsModel)source, wanted, to);
            return source.FileBytes;
        }
        catch (Exception e) when (e is InvalidModelFileException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }
}
