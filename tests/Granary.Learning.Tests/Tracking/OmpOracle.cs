using System.Globalization;
using Granary.Learning.Tracking;
using Granary.Testing;

namespace Granary.Learning.Tests.Tracking;

/// <summary>A synthetic panel of 60 names and an index made of twelve of them, which scikit-learn was asked about.</summary>
internal static class OmpOracle
{
    public static (ReturnPanel Panel, double[] Index) Read()
    {
        var lines = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "tests", "Shared", "oracles", "ml", "omp_panel.csv"));
        var names = lines[0].Split(',');
        var rows = lines.Skip(1).Select(l => l.Split(',').Skip(1).Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray())
            .ToArray();
        double[] Column(int c) => [.. rows.Select(r => r[c])];
        return (ReturnPanel.FromColumns(names[1..^1], [.. Enumerable.Range(0, names.Length - 2).Select(Column)]), Column(names.Length - 2));
    }
}
