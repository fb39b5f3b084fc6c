using System.Numerics;
using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>Makes checks from the statistics in a file.</summary>
internal static class StatedRange
{
    /// <summary>Null if the file does not state the range of such values.</summary>
    public static ValueCheck<T>? Of<T>(Statistics? statistics) => statistics is not { HasMinMax: true } ? null : statistics switch
    {
        Statistics<double> s => Range(s.Min, s.Max) as ValueCheck<T>,
        Statistics<float> s => Range(s.Min, s.Max) as ValueCheck<T>,
        Statistics<int> s => Range(s.Min, s.Max) as ValueCheck<T>,
        Statistics<long> s => Range(s.Min, s.Max) as ValueCheck<T>,
        _ => null,
    };

    private static ValueRange<T> Range<T>(T least, T most) where T : unmanaged, INumber<T> => new(least, most);
}
