using System.Globalization;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Simulation.Json;
using Granary.Storage.Files;

namespace Granary.Server.Schedules;

/// <summary>
/// Schedules in a folder that all silos of a cluster share: <c>NAME/schedule.json</c>, and a file for each of its times in
/// <c>NAME/runs</c>. Of several processes that begin a time, one makes its file.
/// </summary>
public sealed class ScheduleBook(string folder)
{
    /// <summary>Times that are kept of each schedule.</summary>
    public const int Kept = 200;

    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The names of all schedules, in order; one of them may be removed meanwhile.</summary>
    public IReadOnlyList<string> Names() => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateDirectories(folder).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    /// <summary>All schedules, by name.</summary>
    /// <exception cref="InputException">A file is damaged.</exception>
    public IReadOnlyList<JobSchedule> All() => [.. Names().Select(Find).OfType<JobSchedule>()];

    /// <summary>The schedule of a name; null where there is none.</summary>
    /// <exception cref="InputException">Its file is damaged.</exception>
    public JobSchedule? Find(string name) => IsName(name) ? Read<JobSchedule>(FileOf(name)) : null;

    /// <summary>Sets a schedule, in place of one of the same name, whose times stay recorded.</summary>
    public void Set(JobSchedule schedule)
    {
        Directory.CreateDirectory(RunsOf(schedule.Name));
        AtomicFile.Write(FileOf(schedule.Name), JsonSerializer.SerializeToUtf8Bytes(schedule, JobJson.Options));
    }

    /// <returns>False where there is none.</returns>
    public bool Remove(string name)
    {
        if (!IsName(name) || !File.Exists(FileOf(name))) return false;
        // Under another name first: a silo that records a time meanwhile finds no folder, rather than one that is half deleted.
        var removed = Path.Combine(folder, $".{name}.{Path.GetRandomFileName()}");
        Directory.Move(Path.Combine(folder, name), removed);
        Directory.Delete(removed, recursive: true);
        return true;
    }

    /// <summary>The recorded times of a schedule, the newest first.</summary>
    /// <exception cref="InputException">A file is damaged.</exception>
    public IReadOnlyList<ScheduleRun> Runs(string name, int most = Kept) => !IsName(name) || !Directory.Exists(RunsOf(name)) ? []
        : [.. RunFiles(name).OrderDescending(StringComparer.Ordinal).Take(most).Select(Read<ScheduleRun>).OfType<ScheduleRun>()];

    /// <summary>Records a time, once.</summary>
    /// <returns>False where it is recorded already, or the schedule was removed.</returns>
    public bool TryBegin(string name, ScheduleRun run)
    {
        var path = RunOf(name, run.Due);
        if (File.Exists(path) || !Directory.Exists(RunsOf(name))) return false;
        if (!AtomicFile.TryCreate(path, JsonSerializer.SerializeToUtf8Bytes(run, JobJson.Options))) return false;
        foreach (var old in RunFiles(name).OrderDescending(StringComparer.Ordinal).Skip(Kept).ToList()) File.Delete(old);
        return true;
    }

    /// <summary>Completes a recorded time.</summary>
    public void Complete(string name, ScheduleRun run)
    {
        if (!File.Exists(RunOf(name, run.Due))) return;
        AtomicFile.Write(RunOf(name, run.Due), JsonSerializer.SerializeToUtf8Bytes(run, JobJson.Options));
    }

    /// <summary>Whether a text can be a name: it is the name of a folder.</summary>
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
