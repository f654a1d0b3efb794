using System.Runtime.CompilerServices;

namespace Orrery.Tensors.Blocks;

/// <summary>So many elements in a row inside a block, with nothing between them.</summary>
[InlineArray(4)]
internal struct Row4<T>
    where T : unmanaged
{
    private T _first;
}

[InlineArray(8)]
internal struct Row8<T>
    where T : unmanaged
{
    private T _first;
}

[InlineArray(12)]
internal struct Row12<T>
    where T : unmanaged
{
    private T _first;
}

[InlineArray(16)]
internal struct Row16<T>
    where T : unmanaged
{
    private T _first;
}

[InlineArray(32)]
internal struct Row32<T>
    where T : unmanaged
{
    private T _first;
}

[InlineArray(64)]
internal struct Row64<T>
    where T : unmanaged
{
    private T _first;
}

[InlineArray(128)]
internal struct Row128<T>
    where T : unmanaged
{
    private T _first;
}

[InlineArray(256)]
internal struct Row256<T>
    where T : unmanaged
{
    private T _first;
}
