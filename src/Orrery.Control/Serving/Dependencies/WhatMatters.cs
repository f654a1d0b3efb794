using System.Text.Json.Nodes;
using Orrery.Resources;

namespace Orrery.Control.Serving.Dependencies;

/// <summary>What a service looks at of the objects that it needs, as text to compare. Figures that change every few seconds are not among it. Pure.</summary>
internal static class WhatMatters
{
    /// <summary>Of a model or weights: everything but how far the files are on their way.</summary>
    public static string OfModel(Document model)
    {
        var json = model.ToJson();
        if (json["status"] is JsonObject status)
        {
            status.Remove("download");
            if ($"{status["state"]}" == "In_Transit")
                status.Remove("conditions");
        }
        return $"{json["spec"]?.ToJsonString()} {json["status"]?.ToJsonString()}";
    }

    /// <summary>Of a node: everything but heartbeats.</summary>
    public static string OfNode(Document node)
    {
        var json = node.ToJson();
        var metadata = json["metadata"] as JsonObject;
        return $"{metadata?["labels"]?.ToJsonString()} {metadata?["annotations"]?.ToJsonString()} {json["spec"]?.ToJsonString()} {json["status"]?["allocatable"]?.ToJsonString()}";
    }

    /// <summary>Of a runtime or an accelerator class: what is asked for. What is free of a class matters to those who wait for it alone.</summary>
    public static string OfSpec(Document document) => $"{document.Metadata.Generation}";
}
