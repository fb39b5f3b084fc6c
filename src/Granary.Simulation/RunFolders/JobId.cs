using System.Globalization;
using System.Security.Cryptography;

namespace Granary.Simulation.RunFolders;

/// <summary>
/// Ids of jobs are folder names: the job's name, the UTC moment, and four letters that set apart what arrived in the same millisecond.
/// </summary>
public static class JobId
{
    public static string New(string jobName, DateTimeOffset now)
    {
        Span<char> name = stackalloc char[Math.Min(jobName.Length, 100)];
        for (var i = 0; i < name.Length; i++)
            name[i] = char.IsAsciiLetterOrDigit(jobName[i]) || jobName[i] is '-' or '_' ? jobName[i] : '-';
        return string.Create(CultureInfo.InvariantCulture,
            $"{name}-{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
    }

    /// <summary>Whether a text could be an id: letters, digits, '-' and '_' only, so that none can leave the folder of runs.</summary>
    public static bool IsWellFormed(string text) =>
        text.Length is > 0 and <= 160 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && text[0] != '-';
}
