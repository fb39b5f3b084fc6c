using System.Diagnostics;
using System.Globalization;
using Granary.Learning.Tracking;

namespace Granary.Benchmarks.Tracking;

/// <summary>
/// Matching pursuit over 5,000 names × 1,000 periods to 50 names, against plain C++ loops of the same algorithm, in one thread each and one
/// run.
/// </summary>
public static class OmpBenchmark
{
    /// <param name="args">Names, periods, most names, runs; 5000 1000 50 5 where absent.</param>
    /// <returns>0; 1 where the choices differ or there is no compiler.</returns>
    public static int Run(string[] args)
    {
        int Given(int i, int otherwise) => args.Length > i ? int.Parse(args[i], CultureInfo.InvariantCulture) : otherwise;
        var (names, periods, most, runs) = (Given(0, 5000), Given(1, 1000), Given(2, 50), Given(3, 5));
        var (panel, target) = Make(names, periods);
        var options = new PursuitOptions { MaxNames = most };
        var fit = MatchingPursuit.Fit(panel, target, options); // warm-up
        string[] flags = ["-O3 -march=native", "-O3 -march=native -ffast-math"];
        var best = new (double Seconds, int[] Support, double Residual)?[flags.Length];
        var ours = double.PositiveInfinity;
        // In turns, so that a machine that is busy for a while slows both down.
        for (var turn = 0; turn < 3; turn++)
        {
            for (var run = 0; run < runs; run++)
            {
                var clock = Stopwatch.StartNew();
                fit = MatchingPursuit.Fit(panel, target, options);
                ours = Math.Min(ours, clock.Elapsed.TotalSeconds);
            }
            for (var f = 0; f < flags.Length; f++)
            {
                if (Reference(flags[f], names, periods, most, runs) is not { } reference) return 1;
                if (best[f] is not { } known || reference.Seconds < known.Seconds) best[f] = reference;
            }
        }
        var bounded = Stopwatch.StartNew();
        MatchingPursuit.Fit(panel, target, options with { NonNegative = true, SumToOne = true, MaxWeight = 0.1 });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"omp {names} x {periods}, {most} names: ours {ours:F3} s; not negative, adding up to one, none above "
                + $"0.1: {bounded.Elapsed.TotalSeconds / ours:F1} times that"));
        var result = 0;
        for (var f = 0; f < flags.Length; f++)
        {
            var reference = best[f]!.Value;
            var same = reference.Support.SequenceEqual(fit.Support);
            if (!same) result = 1;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"omp g++ {flags[f]}: {reference.Seconds:F3} s, ratio {ours / reference.Seconds:F2}, "
                    + $"{(same ? "the same names" : "OTHER NAMES")}, residual {fit.ResidualNorm:R} against {reference.Residual:R}"));
        }
        return result;
    }

    private static (double Seconds, int[] Support, double Residual)? Reference(string flags, int names, int periods, int most, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("granary-bench-").FullName;
        try
        {
            var binary = Path.Combine(folder, "omp");
            var source = Path.Combine(SourceFolder(), "omp.cpp");
            if (Execute("g++", $"{flags} -std=c++17 {source} -o {binary}") is null) return null;
            if (Execute(binary, $"{names} {periods} {most} {runs}") is not { } output) return null;
            var lines = output.Split('\n');
            return (double.Parse(lines[0], CultureInfo.InvariantCulture),
                [.. lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => int.Parse(s, CultureInfo.InvariantCulture))],
                double.Parse(lines[2], CultureInfo.InvariantCulture));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    private static string? Execute(string program, string arguments)
    {
        try
        {
            using var process =
                Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.WriteLine($"omp: skipped, there is no {program}");
            return null;
        }
    }

    // The same draws in the same order as omp.cpp.
    private static (ReturnPanel Panel, double[] Target) Make(int names, int periods)
    {
        var state = 7UL;
        double Uniform()
        {
            var z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return ((z ^ (z >> 31)) >> 11) * (1.0 / 9007199254740992.0);
        }
        var market = new double[periods];
        for (var t = 0; t < periods; t++) market[t] = Uniform() - 0.5;
        var values = new double[names * periods];
        for (var j = 0; j < names; j++)
            for (var t = 0; t < periods; t++) values[j * periods + t] = 0.5 * market[t] + Uniform() - 0.5;
        var target = new double[periods];
        for (var j = 0; j < names; j += names / 80)
            for (var t = 0; t < periods; t++) target[t] += values[j * periods + t] / 80;
        for (var t = 0; t < periods; t++) target[t] += 0.02 * (Uniform() - 0.5);
        return (new ReturnPanel([.. Enumerable.Range(0, names).Select(j => $"S{j}")], periods, values), target);
    }
}
