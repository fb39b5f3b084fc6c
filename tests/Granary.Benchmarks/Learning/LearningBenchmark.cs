using System.Diagnostics;
using System.Globalization;
using Granary.Engine.Numerics;
using Granary.Learning.Evaluation;
using Granary.Learning.MLNet;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Granary.Benchmarks.Learning;

/// <summary>
/// Trees against ML.NET's and scikit-learn's on the same table, with the same number of trees, leaves and threads, taking turns in one run;
/// and what a prediction costs. Figures are ratios: ours over theirs, of the least of the turns.
/// </summary>
internal static class LearningBenchmark
{
    private const int Trees = 100, Leaves = 31, MinLeaf = 20;

    public static int Run(string[] args)
    {
        var threads = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1;
        var turns = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        var python = args.Length > 2 ? args[2] : null;
        Predictions();
        if (turns == 0) return 0;
        foreach (var (rows, width) in new[] { (4_200, 20), (40_000, 30) })
        {
            var table = Table(rows, width);
            var options = new TrainingOptions(1, threads);
            Console.WriteLine($"{rows} rows × {width} features, {Trees} trees, {threads} thread{(threads == 1 ? "" : "s")}");
            var boosting = TrainerCatalogue.BuiltIn.Create("gradient-boosting", ("trees", Trees), ("leaves", Leaves), ("minLeaf", MinLeaf));
            var forest = TrainerCatalogue.BuiltIn.Create("random-forest", ("trees", Trees), ("minLeaf", 5));
            var ours = new double[2];
            var theirs = new double[3];
            Array.Fill(ours, double.MaxValue);
            Array.Fill(theirs, double.MaxValue);
            for (var turn = 0; turn < turns; turn++)
            {
                ours[0] = Math.Min(ours[0], Seconds(() => boosting.Train(table.All(), options)));
                theirs[0] = Math.Min(theirs[0], FastTree(table, threads));
                ours[1] = Math.Min(ours[1], Seconds(() => forest.Train(table.All(), options)));
                theirs[1] = Math.Min(theirs[1], FastForest(table, threads));
            }
            if (python is not null) theirs[2] = ScikitLearn(python, table, threads, turns);
            Row("gradient-boosting / ML.NET FastTree", ours[0], theirs[0]);
            Row("random-forest / ML.NET FastForest", ours[1], theirs[1]);
            Row("gradient-boosting / scikit-learn HistGradientBoosting", ours[0], theirs[2]);
        }
        return 0;
    }

    private static void Row(string what, double ours, double theirs) => Console.WriteLine(theirs == double.MaxValue
        ? $"  {what,-54} {ours * 1000,8:0} ms, nothing to compare with here"
        : $"  {what,-54} {ours * 1000,8:0} / {theirs * 1000:0} ms = {ours / theirs:0.00}");

    private static double Seconds(Action action)
    {
        GC.Collect();
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    // One row after another through a model of a hundred trees, each row another one, so that nothing is foreseen.
    private static void Predictions()
    {
        var table = Table(6_000, 20);
        foreach (var name in new[] { "gradient-boosting", "random-forest" })
        {
            var model = TrainerCatalogue.BuiltIn.Create(name, ("trees", Trees)).Train(table.Range(0, 4_200), new TrainingOptions(1, 2));
            var trees = (Granary.Learning.Trees.TreeEnsemble)model;
            RowValue predict = model.Predict, run = trees.SumLeaves;
            var allocated = long.MaxValue;
            var (whole, nodes) = (double.MaxValue, double.MaxValue);
            for (var attempt = 0; attempt < 40; attempt++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                whole = Math.Min(whole, Of(predict));
                allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
                nodes = Math.Min(nodes, Of(run));
            }
            Console.WriteLine(
                $"prediction of one row, {name}, {Trees} trees, {trees.Nodes} nodes: {whole * 1e9:0} ns, {whole / nodes:0.00} of walking "
                    + $"node by node ({nodes * 1e9:0} ns), {allocated} bytes allocated in 1,800 rows");
        }

        double Of(RowValue value)
        {
            var started = Stopwatch.GetTimestamp();
            var sum = 0.0;
            for (var row = 4_200; row < 6_000; row++) sum += value(table.Row(row));
            if (double.IsNaN(sum)) throw new InvalidOperationException();
            return Stopwatch.GetElapsedTime(started).TotalSeconds / 1_800;
        }
    }

    private delegate double RowValue(ReadOnlySpan<double> row);

    private static TrainingTable Table(int rows, int width)
    {
        var random = new PortableRandom(7);
        var values = new double[rows * width];
        var labels = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            for (var f = 0; f < width; f++) values[i * width + f] = random.NextGaussian();
            var x = values.AsSpan(i * width, width);
            labels[i] = random.NextDouble() < PortableMath.Sigmoid(0.6 * x[0] - 0.4 * x[1] + x[2] * x[3] + (x[4] > 1 ? 1 : 0)) ? 1 : 0;
        }
        return new TrainingTable([.. Enumerable.Range(0, width).Select(f => $"x{f}")], values, labels);
    }

    private static double FastTree(TrainingTable table, int threads)
    {
        var context = new MLContext(1);
        // Made and cached before the clock starts: only the training counts.
        var view = context.Data.Cache(MLNetTable.From("FastTree", table.All(), classesOnly: true).View(context));
        return Seconds(() => context.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            NumberOfTrees = Trees,
            NumberOfLeaves = Leaves,
            MinimumExampleCountPerLeaf = MinLeaf,
            LearningRate = 0.1,
            NumberOfThreads = threads,
        }).Fit(view));
    }

    private static double FastForest(TrainingTable table, int threads)
    {
        var context = new MLContext(1);
        var view = context.Data.Cache(MLNetTable.From("FastForest", table.All(), classesOnly: true).View(context));
        // Its own 20 leaves: ours grow until their leaves have five samples, so whatever more it is asked for favours ours.
        return Seconds(() => context.BinaryClassification.Trainers.FastForest(new FastForestBinaryTrainer.Options
        {
            NumberOfTrees = Trees,
            MinimumExampleCountPerLeaf = 5,
            FeatureFractionPerSplit = 0.3,
            NumberOfThreads = threads,
        }).Fit(view));
    }

    private static double ScikitLearn(string python, TrainingTable table, int threads, int turns)
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var writer = new BinaryWriter(File.Create(file)))
            {
                foreach (var value in table.Values) writer.Write(value);
                foreach (var label in table.Label) writer.Write(label);
            }
            var script = $"""
                import time, numpy
                from sklearn.ensemble import HistGradientBoostingClassifier
                d = numpy.fromfile('{file}')
                x, y = d[:{table.Count * table.Width}].reshape({table.Count}, {table.Width}), d[{table.Count * table.Width}:]
                best = 1e9
                for turn in range({turns} + 1):
                    t = time.perf_counter()
                    HistGradientBoostingClassifier(max_iter={Trees}, max_leaf_nodes={Leaves}, min_samples_leaf={MinLeaf},
                      early_stopping=False).fit(x, y)
                    best = min(best, time.perf_counter() - t)
                print(best)
                """;
            var start = new ProcessStartInfo(python, ["-c", script]) { RedirectStandardOutput = true, UseShellExecute = false };
            start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
            using var process = Process.Start(start)!;
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? double.Parse(text, CultureInfo.InvariantCulture) : double.MaxValue;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
