using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orrery.Api.Tests.Ring;

/// <summary>One of the two servers, asked a scenario's requests.</summary>
internal sealed partial class RingServer(HttpClient client, Uri address)
{
    /// <summary>The start of it is whom both servers take for the manager of fields when nobody says.</summary>
    private const string UserAgent = "ring/1.0";

    public async Task<IReadOnlyList<(Ask Ask, Answer Answer)>> RunAsync(Scenario scenario)
    {
        var answers = new List<(Ask, Answer)>();
        var said = new JsonObject { ["ns"] = scenario.Namespace };
        foreach (var ask in scenario.Asks)
        {
            var answer = await SendAsync(ask with { Path = Filled(ask.Path, said), Body = ask.Body is null ? null : Filled(ask.Body, said) });
            said[ask.Step] = answer.Body?.DeepClone();
            answers.Add((ask, answer));
        }
        return answers;
    }

    public async Task<Answer> SendAsync(Ask ask)
    {
        using var request = new HttpRequestMessage(new HttpMethod(ask.Method), new Uri(address, ask.Path));
        if (ask.Body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(ask.Body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        foreach (var (name, value) in ask.Headers)
        {
            if (name == "Content-Type")
                request.Content!.Headers.Remove(name);
            if (name != "Content-Type" || !request.Content!.Headers.TryAddWithoutValidation(name, value))
                request.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        bool isWatch = ask.Path.Contains("watch=", StringComparison.Ordinal) && response.IsSuccessStatusCode;
        return new Answer((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), isWatch ? Lines(text) : Json(text));
    }

    private static JsonNode? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static JsonArray Lines(string text) => new([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Json)]);

    private static string Filled(string text, JsonObject said) => Placeholder().Replace(text, match =>
    {
        JsonNode? at = said;
        foreach (string part in match.Groups[1].Value.Split('.'))
            at = at is JsonArray array ? array[int.Parse(part, CultureInfo.InvariantCulture)] : (at as JsonObject)?[part];
        // An answer without it is a difference of its own, which the comparison names; the text that stays leads there.
        return at?.ToString() ?? match.Value;
    });

    [GeneratedRegex(@"\{\{([^{}]+)\}\}")]
    private static partial Regex Placeholder();
}
