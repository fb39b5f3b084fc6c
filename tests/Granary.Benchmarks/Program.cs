using Granary.Benchmarks;

return args switch
{
    ["csv", .. var rest] => CsvBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.WriteLine("Granary.Benchmarks csv [FILE]");
    return 2;
}
