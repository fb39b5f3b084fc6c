using Granary.Engine.Numerics;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Networks;

/// <param name="Members">Networks from different random starts, whose scores are averaged.</param>
/// <param name="Epochs">Passes over the samples, at most.</param>
/// <param name="Patience">Passes without a better loss on the held-back part before it stops.</param>
/// <param name="Decay">Penalty on squared weights, per sample.</param>
internal sealed record NetworkSettings(int Members, int Epochs, int Batch, double LearningRate, double Decay, int Patience);

/// <summary>
/// Fits networks by Adam (Kingma and Ba 2015). The newest part of the samples is held back, purged of labels that reach into it,
/// to say when to stop; the parameters of the best pass are kept.
/// </summary>
internal static class NetworkFitter
{
    private const double HeldBack = 0.15;

    /// <summary>Standardised features are held to this many deviations, so that one wild value cannot decide alone.</summary>
    public const double Reach = 6;

    /// <param name="rowsPerInput">Rows of the table that make one input.</param>
    /// <returns>One parameter array per member.</returns>
    public static double[][] Fit(NetworkShape shape, TrainingSet set, Standardiser scaler, int rowsPerInput, double labelMean,
        double labelScale, NetworkSettings settings, TrainingOptions options)
    {
        var table = set.Table;
        var width = table.Width;
        var classify = table.Task == LearningTask.Classification;
        // Rows whose window starts before the table cannot be learned from.
        var usable = Array.FindAll(set.Rows, row => row >= rowsPerInput - 1);
        var cut = usable.Length - (int)(usable.Length * HeldBack);
        var heldBack = usable[cut..];
        var fit = Array.FindAll(usable[..cut], row => heldBack.Length == 0 || table.LabelEnd[row] <= table.Time[heldBack[0]]);
        if (fit.Length < 10 || heldBack.Length == 0)
            throw new LearningInputException($"a network has {fit.Length} samples left to train on after it held the "
                + $"newest {heldBack.Length} back: give it more rows");
        // Standardised once for the whole table: windows are then views.
        var z = new double[table.Count * width];
        for (var row = 0; row < table.Count; row++)
        {
            var target = z.AsSpan(row * width, width);
            scaler.Apply(table.Row(row), target);
            foreach (ref var value in target) value = Math.Clamp(value, -Reach, Reach);
        }
        var members = new double[settings.Members][];
        new TrainingThreads(options).For(settings.Members, long.MaxValue, m => members[m] = FitOne(m));
        return members;

        double[] FitOne(int member)
        {
            var random = new PortableRandom(options.Seed, member);
            var parameters = new double[shape.Parameters];
            shape.Initialise(parameters, ref random);
            var gradient = new double[parameters.Length];
            var adam = new Adam(parameters.Length, settings.LearningRate);
            var workspace = new double[Math.Max(shape.GradientWorkspace, shape.ScoreWorkspace)];
            var order = (int[])fit.Clone();
            var best = (double[])parameters.Clone();
            var bestLoss = HeldBackLoss(parameters, workspace);
            var since = 0;
            for (var epoch = 0; epoch < settings.Epochs && since < settings.Patience; epoch++)
            {
                options.Cancellation.ThrowIfCancellationRequested();
                random.Shuffle(order.AsSpan());
                for (var start = 0; start < order.Length; start += settings.Batch)
                {
                    var batch = order.AsSpan(start, Math.Min(settings.Batch, order.Length - start));
                    Array.Clear(gradient);
                    var weight = 0.0;
                    foreach (var row in batch)
                    {
                        var w = table.Weight[row];
                        if (w == 0) continue;
                        weight += w;
                        shape.Accumulate(parameters, Window(row), Target(row), w, classify, gradient, workspace);
                    }
                    if (weight > 0) adam.Step(parameters, gradient, 1 / weight, settings.Decay / batch.Length);
                }
                var loss = HeldBackLoss(parameters, workspace);
                if (loss < bestLoss - 1e-5 * Math.Abs(bestLoss))
                {
                    bestLoss = loss;
                    since = 0;
                    parameters.CopyTo(best, 0);
                }
                else
                {
                    since++;
                }
            }
            return best;
        }

        ReadOnlySpan<double> Window(int row) => z.AsSpan((row - rowsPerInput + 1) * width, rowsPerInput * width);

        double Target(int row) => (table.Label[row] - labelMean) * labelScale;

        double HeldBackLoss(double[] parameters, double[] workspace)
        {
            var (sum, weight) = (0.0, 0.0);
            foreach (var row in heldBack)
            {
                var score = shape.Score(parameters, Window(row), workspace);
                var target = Target(row);
                sum += table.Weight[row] * (classify ? PortableMath.Softplus(score) - target * score
                    : (score - target) * (score - target) / 2);
                weight += table.Weight[row];
            }
            return weight > 0 ? sum / weight : 0;
        }
    }

    /// <summary>Mean 0 and deviation 1 for a regression's label; as it is for classes.</summary>
    public static (double Mean, double Scale) LabelScale(TrainingSet set)
    {
        if (set.Table.Task == LearningTask.Classification) return (0, 1);
        var labels = set.Labels();
        var weights = set.Weights();
        var total = Dense.Sum(weights);
        var mean = Dense.Dot(weights, labels) / total;
        var variance = 0.0;
        for (var i = 0; i < labels.Length; i++) variance += weights[i] * (labels[i] - mean) * (labels[i] - mean);
        return (mean, 1 / Math.Sqrt(variance / total));
    }
}
