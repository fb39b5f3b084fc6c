using ParquetSharp;

namespace Granary.Parquet.Reading;

/// <summary>The native library that reads and writes Parquet.</summary>
internal static class ParquetLibrary
{
    /// <summary>Loads the library.</summary>
    /// <returns>Its version.</returns>
    /// <exception cref="DllNotFoundException">There is none for this system.</exception>
    public static string Load()
    {
        using var properties = ReaderProperties.GetDefaultReaderProperties();
        return typeof(ReaderProperties).Assembly.GetName().Version!.ToString();
    }
}
