using System.Text.Json.Nodes;
using Orrery.Cli.Describing;

namespace Orrery.Cli.Tests.Describing;

public sealed class DescriptionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static string Describe(string kind, string json, params string[] events)
        => new Description(kind == "cm" ? TestCatalog.A("", "v1", "configmaps", "ConfigMap") : TestCatalog.Of(kind), JsonNode.Parse(json)!.AsObject(), [], [.. events.Select(e => JsonNode.Parse(e)!.AsObject())], Now).ToString();

    [Fact]
    public void An_object_is_told_from_its_name_to_its_events()
        => Assert.Equal(
            """
            Name:         a
            Namespace:    team
            Kind:         InferenceService (orrery.dev/v1alpha1)
            Labels:       tier=web
                          zone=b
            Annotations:  <none>
            Created:      2026-01-31T11:55:00Z (5m ago)
            Finalizers:   orrery.dev/workloads
            Spec:
              model:
                name: m
              args: --a, --b
              env:
                - name: X
                  value: "1"
            Conditions:
              TYPE    STATUS   REASON     SINCE   MESSAGE
              Ready   False    Starting   60s     replica 0 of 1
            Events:
              LAST SEEN   TYPE      REASON   FROM   MESSAGE
              2m          Normal    Born     c      it is there
              30s (x3)    Warning   Slow     -      it takes long

            """.Replace("\r", "", StringComparison.Ordinal).Replace("value: \"1\"", "value: 1", StringComparison.Ordinal),
            Describe(
                "isvc",
                """
                {"apiVersion":"orrery.dev/v1alpha1","kind":"InferenceService",
                 "metadata":{"name":"a","namespace":"team","labels":{"tier":"web","zone":"b"},"creationTimestamp":"2026-01-31T11:55:00Z","finalizers":["orrery.dev/workloads"]},
                 "spec":{"model":{"name":"m"},"args":["--a","--b"],"env":[{"name":"X","value":"1"}]},
                 "status":{"conditions":[{"type":"Ready","status":"False","reason":"Starting","message":"replica 0\nof 1","lastTransitionTime":"2026-01-31T11:59:00Z"}]}}
                """,
                """{"type":"Warning","reason":"Slow","message":"it takes long","count":3,"lastTimestamp":"2026-01-31T11:59:30Z"}""",
                """{"type":"Normal","reason":"Born","message":"it is there","source":{"component":"c"},"lastTimestamp":"2026-01-31T11:58:00Z"}"""));

    [Fact]
    public void Long_lists_texts_and_histories_are_cut_and_say_so()
    {
        string text = Describe(
            "cm",
            $$"""{"metadata":{"name":"a"},"data":{"long":"{{new string('x', 1000)}}"},"list":[{{string.Join(',', Enumerable.Range(0, 50).Select(i => $"{{\"n\":{i}}}"))}}]}""",
            [.. Enumerable.Range(0, 25).Select(i => $$"""{"reason":"R{{i}}","lastTimestamp":"2026-01-31T11:00:{{i:00}}Z"}""")]);

        Assert.Contains("… (1000 characters)", text);
        Assert.Contains("… and 30 more", text);
        Assert.Contains("… 5 earlier ones: orrery events --for configmap/a", text);
        Assert.DoesNotContain(" R4 ", text);
        Assert.Contains(" R24 ", text);
    }

    [Fact]
    public void The_values_of_a_secret_are_not_shown()
    {
        string text = Describe("secret", """{"metadata":{"name":"a"},"type":"Opaque","data":{"password":"aHVudGVyMg=="}}""");

        Assert.Contains("password: 7 bytes", text);
        Assert.DoesNotContain("aHVudGVyMg", text);
    }
}
