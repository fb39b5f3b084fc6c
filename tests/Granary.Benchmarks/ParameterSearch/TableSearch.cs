using System.Globalization;
using Granary.Learning.Search;

namespace Granary.Benchmarks.ParameterSearch;

/// <summary>
/// Searches in a table of the results of a grid, whose last column is the objective (to be maximised): each trial reads a row. The
/// parameters are integers with equal steps, so that a program that reads the same table has the same space.
/// </summary>
internal static class TableSearch
{
    public static void Run(string file, int seeds, int trials)
    {
        var lines = File.ReadAllLines(file);
        var names = lines[0].Split(',');
        var rows = lines.Skip(1).Select(l => l.Split(',').Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray()).ToList();
        var table = rows.ToDictionary(r => Key(r[..^1]), r => r[^1]);
        var space = new ParameterSpace([.. names[..^1].Select((name, d) => Dimension(name, [.. rows.Select(r =>
            r[d]).Distinct().Order()]))],
            values => table.ContainsKey(Key(values)));
        Console.WriteLine($"{rows.Count} rows, best {rows.Max(r => r[^1]).ToString(CultureInfo.InvariantCulture)}");
        foreach (var method in (IReadOnlyList<string>)["tpe", "sobol", "random"])
        {
            var best = new double[seeds];
            Parallel.For(0, seeds, seed =>
            {
                var search = SearchMethods.Create(method, space, trials, 1, (ulong)seed);
                var tried = new List<TriedPoint>();
                while (search.Next(tried) is { Count: > 0 } round)
                    tried.AddRange(round.Select(p => new TriedPoint(p, [table[Key(p.Values)]])));
                best[seed] = tried.Max(t => double.IsNaN(t.Objectives![0]) ? double.NegativeInfinity : t.Objectives[0]);
            });
            Array.Sort(best);
            var reached = best.Count(b => b >= rows.Where(r => !double.IsNaN(r[^1])).Max(r => r[^1]));
            Console.WriteLine($"{method}: {ParameterSearchBenchmark.Summary(best)}, the best row in {reached} of {seeds}");
        }
    }

    private static IntegerDimension Dimension(string name, double[] values)
    {
        var step = values.Length > 1 ? values[1] - values[0] : 1;
        return new(name, (long)values[0], (long)values[^1], (long)step);
    }

    private static string Key(IReadOnlyList<double> values) => string.Join(',', values);
}
