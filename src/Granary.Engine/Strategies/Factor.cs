using System.Runtime.CompilerServices;
using Granary.Engine.Factors;

namespace Granary.Engine.Strategies;

/// <summary>A strategy's handle on one line of a factor that it declared; read it through the context: <c>bar[factor]</c>.</summary>
public sealed class Factor
{
    internal Factor(FactorRequest request, int line)
    {
        Request = request;
        Line = line;
    }

    public FactorRequest Request { get; }

    public int Line { get; }

    // The line's values over the block that is being run.
    internal double[] Column = [];

    // Index of the line in the feed's sheet.
    internal int Slot;

    // Number of the declaration within its strategy.
    internal int Ordinal;

    // Has had a value.
    internal bool IsWarm;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal double At(int index) => Column[index];

    public override string ToString() =>
        Request.Definition.Lines[Line] is { Length: > 0 } name ? $"{Request.Key}.{name}" : Request.Key;
}
