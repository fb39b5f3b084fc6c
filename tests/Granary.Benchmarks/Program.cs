using Granary.Benchmarks;
using Granary.Benchmarks.Factors;

return args switch
{
    ["csv", .. var rest] => CsvBenchmark.Run(rest),
    ["parquet", .. var rest] => ParquetBenchmark.Run(rest),
    ["omp", .. var rest] => Granary.Benchmarks.Tracking.OmpBenchmark.Run(rest),
    ["guards", .. var rest] => Granary.Benchmarks.Checks.CheckCostBenchmark.Run(rest),
    ["validation", .. var rest] => Granary.Benchmarks.Validation.ValidationBenchmark.Run(rest),
    ["factors", .. var rest] => FactorBenchmarks.Run(rest),
    ["sweep", .. var rest] => Granary.Benchmarks.Sweep.SweepBenchmark.Run(rest),
    ["cold", .. var rest] => Granary.Benchmarks.Sweep.ColdBenchmark.Run(rest),
    ["stores", .. var rest] => Granary.Benchmarks.Stores.StoresBenchmark.Run(rest),
    ["learning", .. var rest] => Granary.Benchmarks.Learning.LearningBenchmark.Run(rest),
    ["search", .. var rest] => await Granary.Benchmarks.Learning.SearchBenchmark.RunAsync(rest),
    ["parameters", .. var rest] => Granary.Benchmarks.ParameterSearch.ParameterSearchBenchmark.Run(rest),
    ["predict", .. var rest] => await Granary.Benchmarks.Learning.PredictBenchmark.RunAsync(rest),
    ["retrain", .. var rest] => await Granary.Benchmarks.Learning.RetrainBenchmark.RunAsync(rest),
    ["watch", .. var rest] => Granary.Benchmarks.Learning.WatchBenchmark.Run(rest),
    ["reinforce", .. var rest] => Granary.Benchmarks.Reinforce.ReinforceBenchmark.Run(rest),
    ["portfolio", .. var rest] => Granary.Benchmarks.Live.PortfolioBenchmark.Run(rest),
    ["live", .. var rest] => await Granary.Benchmarks.Live.LiveBenchmark.RunAsync(rest),
    ["api", .. var rest] => await Granary.Benchmarks.Api.ApiBenchmark.RunAsync(rest),
    ["scale", .. var rest] => await Granary.Benchmarks.Scale.ScaleBenchmark.RunAsync(rest),
    ["exchange", ..] => await Granary.Benchmarks.Live.ExchangeBenchmark.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.WriteLine("Granary.Benchmarks csv [FILE] | parquet [ROWS] | omp [NAMES PERIODS MOST RUNS] | guards [TURNS] | factors LIBRARY [FACTOR…] | stores "
        + "[M1.csv postgres://…] [kafka://…] | learning [THREADS TURNS PYTHON] | search [TURNS] | parameters … | predict [SECONDS] | retrain [THREADS] | "
        + "watch [TURNS] | reinforce [ENVIRONMENT…] | portfolio [SIGNALS] | live [STRATEGIES FOLDER] | exchange | api [SECONDS] | scale … | sweep "
        + "BENCH_FOLDER SWEEP_BINARY SCRATCH_FOLDER [TURNS] [BLOCK] | cold BENCH_FOLDER SWEEP_BINARY SCRATCH_FOLDER GRANARY [TURNS]");
    return 2;
}
