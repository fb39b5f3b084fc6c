using System.Globalization;
using System.Security.Cryptography;

namespace Granary.Simulation.RunFolders;

/// <summary>
/// Creates job ids. An id is also a folder name: the job's name, the UTC time, and four letters that distinguish jobs of the same
/// millisecond.
/// </summary>
internal static class JobId
{
    public static string New(string jobName, DateTimeOffset now) =>
        New(jobName, now, RandomNumberGenerator.GetHexString(4, lowercase: true));

    /// <summary>Returns an id with these letters.</summary>
    public static string New(string jobName, DateTimeOffset now, string letters)
    {
        Span<char> name = stackalloc char[Math.Min(jobName.Length, 100)];
        for (var i = 0; i < name.Length; i++)
            name[i] = char.IsAsciiLetterOrDigit(jobName[i]) || jobName[i] is '-' or '_' ? jobName[i] : '-';
        return string.Create(CultureInfo.InvariantCulture,
            $"{name}-{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{letters}");
    }

    /// <summary>
    /// Whether a text can be an id: only letters, digits, '-' and '_', so it cannot point outside the folder of runs.
    /// </summary>
    public static bool IsWellFormed(string text) =>
        text.Length is > 0 and <= 160 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && text[0] != '-';
}
