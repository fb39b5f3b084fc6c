using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Microsoft.ML;

namespace Granary.Learning.MLNet;

/// <summary>
/// One training by ML.NET. It runs on one thread whatever is allowed: the sums of several depend on their number, and FastTree keeps the
/// first number that a process asked for. What comes out is rewritten as Granary's own model, which predicts without ML.NET, in every host
/// the same bits.
/// </summary>
internal static class MLNetRun
{
    /// <param name="train">Given the context that chance comes from.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static T Train<T>(string trainer, TrainingOptions options, Func<MLContext, T> train)
    {
        options.Cancellation.ThrowIfCancellationRequested();
        var context = new MLContext(Seed(options.Seed));
        try
        {
            var model = train(context);
            // ML.NET offers no way to stop it at work, so a cancelled training ends when ML.NET does.
            options.Cancellation.ThrowIfCancellationRequested();
            return model;
        }
        catch (DllNotFoundException e)
        {
            throw new LearningInputException($"{trainer} needs a native library that cannot be loaded on this machine "
                + $"({e.Message.ReplaceLineEndings(" ").TrimEnd('.')}); install what is missing (for LightGBM on Debian and Ubuntu: "
                + "apt-get install libgomp1), or use gradient-boosting", e);
        }
        catch (Exception e) when (e is (InvalidOperationException or ArgumentException) and not LearningInputException)
        {
            throw new LearningInputException($"{trainer} cannot learn from this table: ML.NET says "
                + $"'{e.Message.ReplaceLineEndings(" ").TrimEnd('.')}'", e);
        }
    }

    /// <summary>ML.NET's seeds have 32 bits.</summary>
    public static int Seed(long seed) => unchecked((int)(seed ^ (seed >> 32))) & int.MaxValue;

    public static ModelHead Head(string trainer, MLNetTable table) => new(trainer, table.Task, table.Set.Table.Features);
}
