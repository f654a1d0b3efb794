namespace Orrery.Resources.Schema;

/// <summary>A list whose elements are told apart by these fields of theirs, so that several managers may own some each.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(params string[] keys) : Attribute
{
    public string[] Keys { get; } = keys;
}

/// <summary>A list of values that may each stand there once.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListSetAttribute : Attribute;
