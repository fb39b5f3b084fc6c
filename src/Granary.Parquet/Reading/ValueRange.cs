using System.Numerics;

namespace Granary.Parquet.Reading;

/// <summary>
/// The smallest and the largest value of a column in a row group, as the file states them. A value outside of them shows damage in a page
/// that has no checksum.
/// </summary>
internal sealed class ValueRange<T>(T least, T most) : ValueCheck<T>
    where T : unmanaged, INumber<T>
{
    // A comparison with NaN is false, so that it is in no range and outside of none.
    public override bool Holds(ReadOnlySpan<T> values)
    {
        foreach (var value in values)
            if (value < least || value > most)
                return false;
        return true;
    }
}
