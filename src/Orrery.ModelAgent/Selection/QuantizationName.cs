using System.Text.RegularExpressions;

namespace Orrery.ModelAgent.Selection;

/// <summary>The quantization that a GGUF file's name tells: <c>Q4_K_M</c> of <c>model-Q4_K_M-00001-of-00002.gguf</c>. Pure.</summary>
internal static partial class QuantizationName
{
    /// <summary>Upper case. Null: the name tells none.</summary>
    /// <param name="path">Also its folders: some lay each quantization into one of its own.</param>
    public static string? Of(string path)
    {
        foreach (string part in path.Split('/').Reverse())
        {
            // The last one counts: what stands before may be of the model's own name.
            if (Shape().Matches(part) is { Count: > 0 } found)
                return found[^1].Groups["type"].Value.ToUpperInvariant();
        }
        return null;
    }

    [GeneratedRegex(@"(?<![A-Za-z0-9])(?<type>I?Q[1-8](_[A-Z0-9]+)*|T[QX][12]_0|MXFP4(_MOE)?|NVFP4|BF16|F16|FP16|F32|FP32)(?![A-Za-z0-9])", RegexOptions.IgnoreCase)]
    private static partial Regex Shape();
}
