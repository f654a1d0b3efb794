using System.Text.Json.Nodes;
using Orrery.Cli.Client;

namespace Orrery.Cli.Tests;

/// <summary>The statuses are as kube-apiserver answers them.</summary>
public sealed class StatusTextTests
{
    [Theory]
    [InlineData(404, """{"message":"pods \"a\" not found","reason":"NotFound"}""", "pods \"a\" not found")]
    [InlineData(409, """{"message":"namespaces \"a\" already exists","reason":"AlreadyExists"}""", "namespaces \"a\" already exists. To change it use: orrery apply")]
    [InlineData(401, """{"message":"Unauthorized","reason":"Unauthorized"}""", "Unauthorized. Check the credentials of the context: orrery config current-context")]
    [InlineData(422, """{"message":"it is invalid","details":{"causes":[{"field":"spec.a","message":"must be 1"}]}}""", "it is invalid: spec.a: must be 1")]
    [InlineData(422, """{"message":"it is invalid: spec.a: must be 1","details":{"causes":[{"field":"spec.a","message":"must be 1"}]}}""", "it is invalid: spec.a: must be 1")]
    [InlineData(409, """
        {"message":"Apply failed with 2 conflicts","reason":"Conflict","details":{"causes":[
          {"reason":"FieldManagerConflict","message":"conflict with \"kubectl\" using v1","field":".data.a"},{"reason":"FieldManagerConflict","message":"conflict with \"kubectl\" using v1","field":".data.b"}]}}
        """, "other managers own fields that the manifest sets: \"kubectl\" using v1: .data.a, .data.b. Take them over with --force-conflicts, or leave them out of the manifest.")]
    public void A_status_is_one_line_with_its_causes_and_the_next_step(int code, string status, string expected)
        => Assert.Equal(expected, StatusText.Of(code, "phrase", JsonNode.Parse(status)!.AsObject()));

    [Fact]
    public void An_answer_that_is_no_status_is_told_by_its_number()
        => Assert.Equal("The server answered 502 Bad Gateway.", StatusText.Of(502, "Bad Gateway", null));
}
