namespace Granary.Benchmarks.Validation;

/// <summary>Size and power of the validation checks by simulation: what docs/validation.md says of them comes from here.</summary>
public static class ValidationBenchmark
{
    /// <param name="args"><c>size [DRAWS [KIND OF NOISE]]</c> or <c>power [NOISE EDGES YEARS DRIFT]</c> or
    /// <c>search-noise [SEEDS]</c> or <c>search-edges [SEEDS]</c> or <c>search-time [TURNS]</c> or <c>cost</c>
    /// or <c>resampling [ACCOUNTS PATHS [LAW]]</c>.</param>
    /// <returns>0; 1 where a bound is not kept; 2 for a wrong call.</returns>
    public static int Run(string[] args)
    {
        int Number(int at, int otherwise) =>
            args.Length > at ? int.Parse(args[at], System.Globalization.CultureInfo.InvariantCulture) : otherwise;
        switch (args)
        {
            case ["size", ..]: return SnoopingSize.Run(Number(1, 1000), args.Length > 2 ? args[2] : "") <= 0.08 ? 0 : 1;
            case ["power", ..]: return EdgePower.Run(Number(1, 120), Number(2, 16), Number(3, 15), Number(4, 22) / 10_000.0) ? 0 : 1;
            case ["errors", ..]: return ErrorRates.Run(Number(1, 200), Number(2, 40), args.Length > 3 ? args[3] : "") ? 0 : 1;
            case ["climbs", ..]: return PortfolioClimbs.Run(Number(1, 20), Number(2, 600), args.Length > 3 ? args[3] : "") ? 0 : 1;
            case ["search-noise", ..]: return SearchLuck.OnNoise(Number(1, 200)) ? 0 : 1;
            case ["search-edges", ..]: return SearchLuck.OnEdges(Number(1, 50)) ? 0 : 1;
            case ["search-time", ..]: return SearchTime.Run(Number(1, 5)) ? 0 : 1;
            case ["cost"]:
                CheckCost.Run();
                return 0;
            case ["resampling", ..]:
                if (args.Length < 4) ResamplingCoverage.Time();
                return ResamplingCoverage.Run(Number(1, 1000), Number(2, 1000), args.Length > 3 ? args[3] : "") ? 0 : 1;
            default:
                Console.WriteLine("Granary.Benchmarks validation size [DRAWS [KIND OF NOISE]] | power [NOISE EDGES YEARS DRIFT] | "
                    + "errors [NOISE EDGES [NAME]] | climbs [CLIMBS RUNS [NAME]] | "
                    + "search-noise [SEEDS] | search-edges [SEEDS] | search-time [TURNS] | cost | "
                    + "resampling [ACCOUNTS PATHS [LAW]]");
                return 2;
        }
    }
}
