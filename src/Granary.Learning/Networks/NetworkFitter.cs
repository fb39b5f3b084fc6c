using Granary.Engine.Numerics;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Networks;

/// <param name="Members">The number of networks with different initial weights, whose scores are averaged.</param>
/// <param name="Epochs">The maximum number of passes over the samples.</param>
/// <param name="Patience">The number of passes without a better validation loss before training stops.</param>
/// <param name="Decay">Penalty on squared weights, per sample.</param>
internal sealed record NetworkSettings(int Members, int Epochs, int Batch, double LearningRate, double Decay, int Patience);

/// <summary>
/// Fits networks with Adam (Kingma and Ba 2015) and early stopping. The newest samples are held back for validation; training samples whose
/// labels reach into them are purged. The parameters of the best pass are kept.
/// </summary>
internal static class NetworkFitter
{
    /// <returns>One parameter array per member.</returns>
    public static double[][] Fit(NetworkShape shape, NetworkSamples samples, NetworkSettings settings, TrainingOptions options)
    {
        var members = new double[settings.Members][];
        new TrainingThreads(options).For(settings.Members, long.MaxValue, m => members[m] = FitOne(shape, samples, settings, options, m));
        return members;
    }

    private static double[] FitOne(NetworkShape shape, NetworkSamples samples, NetworkSettings settings, TrainingOptions options,
        int member)
    {
        var random = new PortableRandom(options.Seed, member);
        var parameters = new double[shape.Parameters];
        shape.Initialise(parameters, ref random);
        var gradient = new double[parameters.Length];
        var adam = new Adam(parameters.Length, settings.LearningRate);
        var workspace = new double[Math.Max(shape.GradientWorkspace, shape.ScoreWorkspace)];
        var order = (int[])samples.Fit.Clone();
        var best = (double[])parameters.Clone();
        var bestLoss = samples.HeldBackLoss(shape, parameters, workspace);
        var since = 0;
        for (var epoch = 0; epoch < settings.Epochs && since < settings.Patience; epoch++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            random.Shuffle(order.AsSpan());
            for (var start = 0; start < order.Length; start += settings.Batch)
            {
                var batch = order.AsSpan(start, Math.Min(settings.Batch, order.Length - start));
                Array.Clear(gradient);
                var weight = samples.Accumulate(shape, parameters, batch, gradient, workspace);
                if (weight > 0) adam.Step(parameters, gradient, 1 / weight, settings.Decay / batch.Length);
            }
            var loss = samples.HeldBackLoss(shape, parameters, workspace);
            since++;
            if (loss < bestLoss - 1e-5 * Math.Abs(bestLoss))
            {
                (bestLoss, since) = (loss, 0);
                parameters.CopyTo(best, 0);
            }
        }
        return best;
    }
}
