using Orrery.Resources;
using Orrery.Resources.Models;

namespace Orrery.ModelAgent;

/// <summary>Models as the library's folders name them: <c>clusterbasemodels/NAME</c>, <c>basemodels/NAMESPACE/NAME</c>, <c>finetunedweights/NAMESPACE/NAME</c>. Pure.</summary>
internal static class Owners
{
    public static string Of(ResourceKey model) => model.ToString();

    public static ResourceKey KeyOf(string owner) => owner.Split('/') switch
    {
        [var kind, var name] when kind == ClusterBaseModel.Kind.Plural => ClusterBaseModel.Kind.Key(name),
        [var kind, var ns, var name] when kind == BaseModel.Kind.Plural => BaseModel.Kind.Key(ns, name),
        [var kind, var ns, var name] when kind == FineTunedWeight.Kind.Plural => FineTunedWeight.Kind.Key(ns, name),
        _ => throw new ArgumentException($"'{owner}' is no model's folder", nameof(owner)),
    };
}
