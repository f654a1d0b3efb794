using Microsoft.AspNetCore.Http;
using Orrery.Resources.Text;

namespace Orrery.Api.Listing;

/// <summary>What is wrong with the options of a list or a watch, and states that are not to be had.</summary>
internal static class ListRefusals
{
    /// <param name="problem">Starts with the option's name.</param>
    public static Refusal Invalid(string problem) => Refusal.InvalidOptions("ListOptions", [problem]);

    public static Refusal NoVersion(string text)
        => Refusal.BadRequest($"resourceVersion: '{Excerpt.Of(text)}' must be a version that this server gave");

    /// <summary>Nothing here is that new: the client has it from another server, or from before a restored backup.</summary>
    public static Refusal TooNew(long asked, string current)
        => new(StatusCodes.Status504GatewayTimeout, "Timeout", $"Timeout: Too large resource version: {asked}, current: {current}")
        {
            RetryAfterSeconds = 1,
            Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version", Field: null)],
        };

    public static Refusal TooOld(long asked) => Refusal.Expired($"The resourceVersion for the provided list is too old: the state at {asked} is gone; list without a resourceVersion");

    /// <param name="next">Goes on with what is there now.</param>
    public static Refusal PagesGone(ContinueToken next)
        => Refusal.Expired(
            "The provided continue parameter is too old to display a consistent list result. Start a new list without it, or go on with the "
            + "continue token of this answer: what was created, changed or deleted meanwhile then may be missing or mixed in")
        with { Continue = next.Encode() };
}
