using System.Globalization;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Storage.Files;

namespace Granary.Server.Schedules;

/// <summary>
/// Stores schedules in a folder that all silos of a cluster share: <c>NAME/schedule.json</c>, and a file for each time in <c>NAME/runs</c>.
/// If several processes start the same time, only one can create its file.
/// </summary>
internal sealed class ScheduleBook(string folder)
{
    /// <summary>The number of times to keep for each schedule.</summary>
    public const int Kept = 200;

    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Returns the names of all schedules, sorted; one may be removed meanwhile.</summary>
    public IReadOnlyList<string> Names() => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    /// <summary>All schedules, by name.</summary>
    /// <exception cref="InputException">A file is damaged.</exception>
    public IReadOnlyList<JobSchedule> All() => [.. Names().Select(Find).OfType<JobSchedule>()];

    /// <summary>Returns the schedule with this name; null if there is none.</summary>
    /// <exception cref="InputException">Its file is damaged.</exception>
    public JobSchedule? Find(string name) => IsName(name) ? Read<JobSchedule>(FileOf(name)) : null;

    /// <summary>Sets a schedule, replacing one with the same name; its recorded times are kept.</summary>
    public void Set(JobSchedule schedule)
    {
        Directory.CreateDirectory(RunsOf(schedule.Name));
        AtomicFile.Write(FileOf(schedule.Name), JsonSerializer.SerializeToUtf8Bytes(schedule, JobJson.Options), AtomicFile.OwnerOnly);
    }

    /// <returns>False if there is none.</returns>
    public bool Remove(string name)
    {
        if (!IsName(name) || !File.Exists(FileOf(name))) return false;
        // Rename it first, so that a silo that records a time meanwhile finds no folder instead of a partly deleted one.
        var removed = Path.Combine(folder, $".{name}.{Path.GetRandomFileName()}");
        Directory.Move(Path.Combine(folder, name), removed);
        Directory.Delete(removed, recursive: true);
        return true;
    }

    /// <summary>Returns the recorded times of a schedule, newest first.</summary>
    /// <exception cref="InputException">A file is damaged.</exception>
    public IReadOnlyList<ScheduleRun> Runs(string name, int most = Kept) => !IsName(name) || !Directory.Exists(RunsOf(name)) ? []
        : [.. RunFiles(name).OrderDescending(StringComparer.Ordinal).Take(most).Select(Read<ScheduleRun>).OfType<ScheduleRun>()];

    /// <summary>Records a time at most once.</summary>
    /// <returns>False if it is recorded already, or the schedule was removed.</returns>
    public bool TryBegin(string name, ScheduleRun run)
    {
        var path = RunOf(name, run.Due);
        if (File.Exists(path) || !Directory.Exists(RunsOf(name))) return false;
        if (!AtomicFile.TryCreate(path, JsonSerializer.SerializeToUtf8Bytes(run, JobJson.Options))) return false;
        foreach (var old in RunFiles(name).OrderDescending(StringComparer.Ordinal).Skip(Kept).ToList()) File.Delete(old);
        return true;
    }

    /// <summary>Completes the record of a time.</summary>
    public void Complete(string name, ScheduleRun run)
    {
        if (!File.Exists(RunOf(name, run.Due))) return;
        AtomicFile.Write(RunOf(name, run.Due), JsonSerializer.SerializeToUtf8Bytes(run, JobJson.Options));
    }

    /// <summary>Whether a text is a valid name, which is also a folder name.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= 64 && text[0] != '.'
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private string FileOf(string name) => Path.Combine(folder, name, "schedule.json");

    private string RunsOf(string name) => Path.Combine(folder, name, "runs");

    private IEnumerable<string> RunFiles(string name) =>
        Directory.EnumerateFiles(RunsOf(name), "*.json").Where(f => Path.GetFileName(f)[0] != '.');

    private string RunOf(string name, DateTimeOffset due) =>
        Path.Combine(RunsOf(name), due.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture) + ".json");

    private static T? Read<T>(string path) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), JobJson.Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}, line {e.LineNumber + 1}: not a file of a schedule as Granary writes it; put back a copy, or "
                + "remove its folder", e);
        }
    }
}
