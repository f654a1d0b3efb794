using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Up;
using Orrery.Engine.Adapters;
using Orrery.Models;
using Orrery.Models.Adapters;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery merge BASE ADAPTER OUT</c>: a model with a LoRA adapter's weights added to its own.</summary>
internal static class MergeCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var model = new Argument<string>("BASE") { Description = "GGUF file (any part of a split one), safetensors file, or folder with config.json." };
        var adapter = new Argument<string>("ADAPTER") { Description = "Folder with adapter_config.json and adapter_model.safetensors, as PEFT writes them." };
        var to = new Argument<string>("OUT") { Description = "GGUF file to write, or folder for a safetensors base. It appears whole, or not at all." };
        var command = new Command(
            "merge",
            "Write a model with a LoRA adapter merged into it, in the form and the types of the base. Quantized weights are encoded again, which loses a little: merge into F16 or BF16 files and quantize then where that matters.")
        {
            model, adapter, to,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var (source, change, target) = (parsed.GetValue(model)!, parsed.GetValue(adapter)!, parsed.GetValue(to)!);
            if (!Path.Exists(source))
                throw new CliException(ModelFiles.Absent(source));
            if (Path.Exists(target))
                throw new CliException($"'{target}' is there already. Give another name.");

            int modules = Write(source, change, target);
            await console.Profile.Out.Writer.WriteLineAsync($"{target}: {source} with {modules} {(modules == 1 ? "module" : "modules")} of {change}");
            return 0;
        });
        return command;
    }

    /// <returns>Modules that the adapter changed.</returns>
    private static int Write(string from, string change, string to)
    {
        try
        {
            using var source = ModelSource.Open(from);
            using var adapter = AdapterFile.Open(change);
            AdapterMerge.Write(source, adapter, to);
            return adapter.Modules.Count;
        }
        catch (Exception e) when (e is InvalidModelFileException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(e.Message);
        }
    }
}
