using System.Text.Json.Nodes;
using Orrery.Platform.Lines;

namespace Orrery.Api.Tests.Audit;

/// <summary>What the audit log says after requests, and what happens without one.</summary>
public sealed class WriteAuditTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_is_there_twice_before_its_answer_with_who_what_whence_and_result()
    {
        await using var api = await TestApi.StartAsync();
        api.Client.DefaultRequestHeaders.UserAgent.ParseAdd("test/1.0");
        using var content = new StringContent(TestApi.Json("a"), System.Text.Encoding.UTF8, "application/json");

        using var response = await api.Client.PostAsync($"{TestApi.Services}?fieldManager=me&other=x", content, Ct);

        var lines = Lines(api);
        Assert.Equal(["RequestReceived", "ResponseComplete"], lines.Select(l => (string?)l["stage"]));
        var done = lines[1];
        Assert.Equal("audit.k8s.io/v1", (string?)done["apiVersion"]);
        Assert.Equal(response.Headers.GetValues("Audit-Id").Single(), (string?)done["auditID"]);
        Assert.Equal("create", (string?)done["verb"]);
        Assert.Equal($"{TestApi.Services}?fieldManager=me", (string?)done["requestURI"]);
        Assert.Equal("admin", (string?)done["user"]!["username"]);
        Assert.Contains("system:masters", done["user"]!["groups"]!.AsArray().Select(g => (string?)g));
        Assert.Equal("test/1.0", (string?)done["userAgent"]);
        Assert.Equal("127.0.0.1", (string?)done["sourceIPs"]![0]);
        Assert.Equal("""{"resource":"inferenceservices","namespace":"default","name":"a","apiGroup":"orrery.dev","apiVersion":"v1alpha1"}""", done["objectRef"]!.ToJsonString());
        Assert.Equal(201, (int?)done["responseStatus"]!["code"]);
        Assert.Null(lines[0]["responseStatus"]);
    }

    [Fact]
    public async Task Refused_and_failed_writes_are_there_and_reads_and_reviews_are_not()
    {
        await using var api = await TestApi.StartAsync();
        using var stranger = api.NewClient(TestApi.StrangerKey);
        using var nobody = api.NewClient(key: null);

        await api.SendAsync("GET", TestApi.Services);
        await api.SendAsync("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
        await stranger.DeleteAsync($"{TestApi.Services}/a", Ct);
        await nobody.DeleteAsync($"{TestApi.Services}/a", Ct);
        await api.SendAsync("DELETE", $"{TestApi.Services}/absent");

        Assert.Equal(["Forbidden 403 stranger", " 0 admin", "NotFound 404 admin"], Lines(api).Select(Short));
        Assert.Equal(["Unauthorized 401 "], Lines(api, "audit-unknown.jsonl").Select(Short));
    }

    [Fact]
    public async Task No_key_and_nothing_of_a_body_gets_into_it()
    {
        await using var api = await TestApi.StartAsync();
        const string secret = "aHVudGVyMg==";
        string body = $$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"password":"{{secret}}"} }""";

        Assert.Equal(201, (await api.SendAsync("POST", "/api/v1/namespaces/default/secrets", body)).Code);
        Assert.NotEqual(201, (await api.SendAsync("POST", "/api/v1/namespaces/default/secrets", body)).Code);
        Assert.Equal(400, (await api.SendAsync("POST", $"/api/v1/namespaces/default/secrets?token={TestApi.AdminKey}", body.Replace("\"v1\"", $"\"{secret}\"", StringComparison.Ordinal))).Code);
        Assert.Equal(200, (await api.SendAsync("PATCH", "/api/v1/namespaces/default/secrets/s", """{"data":{"other":"aHVudGVyMg=="}}""", "application/merge-patch+json")).Code);

        string log = string.Concat(Directory.GetFiles(api.Logs).Select(f => Read(f)));
        Assert.Contains("\"secrets\"", log, StringComparison.Ordinal);
        foreach (string hidden in (string[])[secret, "hunter2", TestApi.AdminKey])
            Assert.DoesNotContain(hidden, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_audit_log_nothing_is_written_and_reads_go_on()
    {
        await using var api = await TestApi.StartAsync();
        api.Api.Audit.Dispose();

        var (code, status) = await api.SendAsync("POST", TestApi.Services, TestApi.Json("a"));

        Assert.Equal((503, "ServiceUnavailable"), (code, (string?)status["reason"]));
        Assert.Contains("nothing was done", (string?)status["message"], StringComparison.Ordinal);
        var (_, list) = await api.SendAsync("GET", TestApi.Services);
        Assert.Empty(list["items"]!.AsArray());
    }

    [Fact]
    public async Task Old_files_go_and_the_number_of_files_is_bounded()
    {
        await using var api = await TestApi.StartAsync(auditLimits: new LineLimits(MaxFileBytes: 2000, MaxFiles: 3));

        for (int i = 0; i < 20; i++)
            await api.SendAsync("DELETE", $"{TestApi.Services}/absent-{i}");

        var files = Directory.GetFiles(api.Logs, "audit.jsonl.*");
        Assert.Equal(3, files.Length);
        Assert.All(files, f => Assert.True(new FileInfo(f).Length <= 2000, f));
        Assert.Contains(files, f => Read(f).Contains("absent-19", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_answer_and_a_path_in_the_wrong_case_come_through_unchanged()
    {
        await using var api = await TestApi.StartAsync();
        string large = new('x', 300_000);

        var (code, created) = await api.SendAsync("POST", "/api/v1/namespaces/default/secrets", $$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"a":"{{large}}"} }""");
        var (missing, _) = await api.SendAsync("DELETE", TestApi.Services.ToUpperInvariant() + "/a");

        Assert.Equal(201, code);
        Assert.Equal("s", (string?)created["metadata"]!["name"]);
        Assert.Equal(404, missing);
    }

    private static string Short(JsonObject line) => $"{line["responseStatus"]?["reason"]} {(int?)line["responseStatus"]?["code"] ?? 0} {line["user"]!["username"]}";

    private static List<JsonObject> Lines(TestApi api, string name = "audit.jsonl")
        => [.. Read(Path.Combine(api.Logs, name + ".0")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject())];

    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
