using System.Runtime.InteropServices;
using Granary.Engine;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Microsoft.ML;

namespace Granary.Learning.MLNet;

/// <summary>
/// One training by ML.NET. It always runs on one thread, because sums over several threads depend on their number, and FastTree keeps the
/// first number of threads that a process requested. The result is converted to Granary's own model, which predicts without ML.NET and
/// gives the same bits in every host.
/// </summary>
internal static class MLNetRun
{
    private const string OpenMp = "libgomp.so.1";

    /// <param name="train">Trains with the context, which has the seeded random numbers.</param>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public static T Train<T>(string trainer, TrainingOptions options, Func<MLContext, T> train)
    {
        options.Cancellation.ThrowIfCancellationRequested();
        var context = new MLContext(Seed(options.Seed));
        try
        {
            var model = train(context);
            // ML.NET cannot be cancelled, so a cancelled training ends when ML.NET has finished.
            options.Cancellation.ThrowIfCancellationRequested();
            return model;
        }
        catch (DllNotFoundException e)
        {
            throw new InputException(NeedsOpenMp(trainer)
                ? $"{trainer} needs OpenMP ({OpenMp}), which cannot be loaded on this machine; run 'apt-get install libgomp1' (Debian, "
                    + "Ubuntu), or use gradient-boosting"
                : $"{trainer} needs a native library that cannot be loaded on this machine "
                    + $"({e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}); install what is missing, or use gradient-boosting", e);
        }
        catch (Exception e) when (e is (InvalidOperationException or ArgumentException) and not InputException)
        {
            throw new InputException($"{trainer} cannot learn from this table: ML.NET says "
                + $"'{e.Message.ReplaceLineEndings(" ").TrimEnd('.')}'", e);
        }
    }

    // The message of dotnet about a missing dependency of a library is three sentences about tools for finding it.
    private static bool NeedsOpenMp(string trainer)
    {
        if (trainer != "mlnet-lightgbm" || !OperatingSystem.IsLinux()) return false;
        if (!NativeLibrary.TryLoad(OpenMp, out var library)) return true;
        NativeLibrary.Free(library);
        return false;
    }

    /// <summary>ML.NET's seeds have 32 bits.</summary>
    public static int Seed(long seed) => unchecked((int)(seed ^ (seed >> 32))) & int.MaxValue;

    public static ModelHead Head(string trainer, MLNetTable table) => new(trainer, table.Task, table.Set.Table.Features);
}
