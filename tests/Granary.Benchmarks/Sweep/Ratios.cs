using System.Globalization;

namespace Granary.Benchmarks.Sweep;

/// <summary>Writes measured ratios to the file that <c>run.sh --check</c> compares with ratios.tsv.</summary>
internal static class Ratios
{
    /// <summary>Name of the environment variable with the file's path.</summary>
    public const string Variable = "GRANARY_RATIOS";

    public static void Add(string name, double ratio)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } file)
            File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{name}\t{ratio:F3}\n"));
    }
}
