using System.Globalization;
using Granary.Benchmarks.Scale.Model;

namespace Granary.Benchmarks.Scale;

/// <summary>How a cluster grows: the model of its costs, and what the simulated large cluster does with them (docs/scale.md).</summary>
internal static class ScaleBenchmark
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["fit", var file]:
                Console.WriteLine(FitReport.Page(Measurement.Read(file)));
                return 0;
            case ["simulate", var file, .. var only]:
                SimulateBenchmark.Run(file, only is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : null);
                return 0;
            case ["repartition", ..]:
                await RepartitioningBenchmark.RunAsync();
                return 0;
            case ["turns", ..]:
                await TurnsBenchmark.RunAsync();
                return 0;
#if JOURNALING
            case ["journal", .. var rest]:
                await JournalBenchmark.RunAsync(rest);
                return 0;
#endif
            default:
                Console.WriteLine("Granary.Benchmarks scale fit FILE.csv | simulate FILE.csv [CASE] | repartition | turns | journal (built with -p:Journaling=true)");
                return 2;
        }
    }
}
