using System.Diagnostics;
using System.Globalization;

namespace Granary.Cli;

/// <summary>The time that a user waited: from the start of the process until now.</summary>
internal static class FeltTime
{
    public static double Seconds
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return (DateTime.Now - process.StartTime).TotalSeconds;
        }
    }

    public static string Sentence() => string.Create(CultureInfo.InvariantCulture, $"{Seconds:0.0} s from call to result");

    /// <param name="computed">The batch's own clock: from the first bar read to the results being ready.</param>
    public static string Sentence(double computed) =>
        string.Create(CultureInfo.InvariantCulture, $"{Seconds:0.0} s from call to result, of which {computed:0.0} s until the results were ready and the rest for start and files");
}
