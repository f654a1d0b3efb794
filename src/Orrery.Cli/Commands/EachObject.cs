using Orrery.Cli.Client;

namespace Orrery.Cli.Commands;

/// <summary>Does one thing to several objects, a line for each; one that fails does not keep the others from their turn.</summary>
internal static class EachObject
{
    /// <param name="act">Gives what was done, in a word.</param>
    /// <param name="failure">What to say of those that failed, after how many they were.</param>
    /// <exception cref="CliException">Some failed; of one alone it says why.</exception>
    public static async Task DoAsync<T>(IReadOnlyList<T> objects, Func<T, string> name, Func<T, Task<string>> act, string failure, TextWriter output)
    {
        int failed = 0;
        foreach (var one in objects)
        {
            string line;
            try
            {
                line = $"{name(one)} {await act(one)}";
            }
            catch (CliException e) when (objects.Count > 1)
            {
                failed++;
                line = $"{name(one)}: {e.Message}";
            }
            await output.WriteLineAsync(line);
        }
        if (failed > 0)
            throw new CliException($"{failed} of {objects.Count} objects {failure}.");
    }
}
