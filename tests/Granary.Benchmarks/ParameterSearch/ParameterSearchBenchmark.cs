using System.Globalization;
using Granary.Learning.Search;
using Granary.Learning.Tests.Search;

namespace Granary.Benchmarks.ParameterSearch;

/// <summary>The methods of a parameter search on functions with a known minimum, and on a table of results: beside medians.py and table.py,
/// which do the same with Optuna.</summary>
public static class ParameterSearchBenchmark
{
    // Medians of medians.py: Optuna 3.1.0, 50 seeds, 100 trials.
    private static readonly (string Function, double Multivariate, double Univariate)[] Optuna =
        [("branin", 0.468135, 0.425826), ("hartmann-6", -3.118707, -3.087537), ("rosenbrock-4", 60.146693, 52.050241)];

    /// <param name="args"><c>functions [SEEDS TRIALS]</c> or <c>table FILE.csv [SEEDS TRIALS]</c>.</param>
    /// <returns>0; 1 where the median of tpe is above that of Optuna; 2 for a wrong call.</returns>
    public static int Run(string[] args)
    {
        int Number(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;
        switch (args)
        {
            case ["functions", ..]: return Functions(Number(1, 50), Number(2, 100)) ? 0 : 1;
            case ["table", var file, ..]:
                TableSearch.Run(file, Number(2, 50), Number(3, 100));
                return 0;
            default:
                Console.WriteLine("Granary.Benchmarks parameters functions [SEEDS TRIALS] | table FILE.csv [SEEDS TRIALS]");
                return 2;
        }
    }

    private static bool Functions(int seeds, int trials)
    {
        var reached = true;
        foreach (var function in TestFunction.All)
        {
            foreach (var name in SearchMethods.Names)
            {
                var best = function.BestOfSeeds(name, seeds, trials);
                Console.WriteLine(Text($"{function.Name} {name}: {Summary(best)}"));
                if (name == "tpe") reached &= Median(best) <= Optuna.Single(o => o.Function == function.Name).Multivariate;
            }
            var (_, multivariate, univariate) = Optuna.Single(o => o.Function == function.Name);
            Console.WriteLine(Text(
                $"{function.Name} Optuna 3.1.0 (50 seeds, 100 trials): multivariate {multivariate}, default {univariate}"));
        }
        return reached;
    }

    internal static string Summary(double[] sorted) =>
        Text($"median {Median(sorted):0.000000}, quartiles {sorted[sorted.Length / 4]:0.000000} {sorted[3 * sorted.Length / 4]:0.000000}");

    private static double Median(double[] sorted) => 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
