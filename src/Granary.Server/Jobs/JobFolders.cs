using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Storage.Files;

namespace Granary.Server.Jobs;

/// <summary>
/// The folders of a process's jobs. In addition to its own files, a job's folder has <c>.submission/</c> with the job's text and its last
/// durable status. Thread-safe.
/// </summary>
internal sealed class JobFolders
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(0.25), s_longestPause = TimeSpan.FromSeconds(10);

    // Operating systems write names to the disk within a minute.
    private static readonly TimeSpan s_written = TimeSpan.FromHours(1);

    private const string AtWork = "at-work", Deaths = "deaths";

    private readonly string _runs;
    private readonly TimeProvider _clock;
    private readonly Disk _disk;
    private bool _isSynced;

    /// <param name="runs">The folder of all runs; created if missing.</param>
    public JobFolders(string runs, TimeProvider clock, Disk disk)
    {
        (_runs, _clock, _disk) = (Path.GetFullPath(runs), clock, disk);
        _disk.CreateFolder(_runs);
    }

    /// <summary>Why the end of a job cannot be stored, in one sentence; null if it can.</summary>
    public string? Fault { get; private set; }

    /// <summary>The folder of all runs.</summary>
    public string Runs => _runs;

    /// <summary>The folder for the files of a job.</summary>
    public string Of(string id) => Path.Combine(_runs, id);

    private string SubmissionOf(string id) => Path.Combine(_runs, id, RunLibrary.JobFolder);

    /// <summary>Names of the files that callers may open, sorted.</summary>
    public string[] FilesOf(string id) => [.. _disk.FilesIn(Of(id)).Select(f => Path.GetFileName(f)!)
        .Where(f => !f.StartsWith('.')).Order(StringComparer.Ordinal)];

    /// <summary>Stores an accepted job.</summary>
    /// <exception cref="ServiceUnavailableException">The disk failed.</exception>
    public async Task WriteAsync(SubmittedJob submitted, JobStatus status, CancellationToken cancellationToken)
    {
        var folder = SubmissionOf(status.Id);
        try
        {
            // The process that created the folder of runs may have ended before it synced it.
            if (!_isSynced) _disk.SyncPath(_runs);
            _isSynced = true;
            await submitted.WriteAsync(folder, _disk, cancellationToken).ConfigureAwait(false);
            await SubmittedJob.WriteStatusAsync(folder, status, _disk).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its caller submits it again, and the next start must not find it twice.
            Try(() => _disk.DeleteFolder(Of(status.Id)));
            throw new ServiceUnavailableException($"the job cannot be stored ({e.Message}); make room in {folder}, "
                + "or correct its rights, and submit it again", e);
        }
    }

    /// <summary>Returns the text of an accepted job.</summary>
    public SubmittedJob Read(string id) => SubmittedJob.Read(SubmissionOf(id), _disk);

    /// <summary>Returns the jobs that were accepted here.</summary>
    /// <exception cref="InputException">A folder is damaged.</exception>
    public IEnumerable<JobEntry> ReadAll()
    {
        foreach (var run in _disk.FoldersIn(_runs))
        {
            var own = Path.Combine(run, RunLibrary.JobFolder);
            if (SubmittedJob.IsIn(own, _disk)) yield return Read(run, own); // others were not submitted here, or never acknowledged
        }
    }

    private JobEntry Read(string run, string own)
    {
        try
        {
            // The process before may have ended between the write and the sync of a status, which is shown from now on.
            if (_disk.Find(SubmittedJob.StatusIn(own)) is { } file && file.Written > (_clock.GetUtcNow() - s_written).UtcDateTime)
                _disk.SyncFolder(own);
            var status = SubmittedJob.ReadStatus(own, _disk);
            // A job that had begun continues from what it has finished.
            var begun = !status.Ended && status.StartedAt is not null;
            if (begun) CountDeath(own);
            return new JobEntry(status, SubmittedJob.Read(own, _disk)) { Resumes = begun, IsRecovered = begun };
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new InputException($"{own} cannot be read ({e.Message}); put back a copy of it or remove {run}", e);
        }
    }

    /// <summary>
    /// Records that the process works on a job. Where it ends before <see cref="Leave"/>, the next process counts its death.
    /// </summary>
    public void Enter(string id) => Try(() => _disk.WriteAllBytes(Path.Combine(SubmissionOf(id), AtWork), []));

    /// <summary>Records that the process does not work on a job any more.</summary>
    public void Leave(string id) => Try(() => _disk.Delete(Path.Combine(SubmissionOf(id), AtWork)));

    /// <summary>How often a process has ended in the work on a job, since the job finished anything new.</summary>
    public int DeathsOf(string id) => DeathsIn(SubmissionOf(id));

    /// <summary>Begins to count again: the job has finished something, or a person resumes it.</summary>
    public void ForgetDeaths(string id) => Try(() => _disk.Delete(Path.Combine(SubmissionOf(id), Deaths)));

    private void CountDeath(string own) => Try(() =>
    {
        if (!_disk.FileExists(Path.Combine(own, AtWork))) return;
        _disk.WriteAllBytes(Path.Combine(own, Deaths), Encoding.UTF8.GetBytes((DeathsIn(own) + 1).ToString(CultureInfo.InvariantCulture)));
        _disk.Delete(Path.Combine(own, AtWork));
    });

    private int DeathsIn(string own) => _disk.FileExists(Path.Combine(own, Deaths))
        && int.TryParse(_disk.ReadAllBytes(Path.Combine(own, Deaths)), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;

    // On a full disk a death is not counted, and the job runs again.
    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Writes a status. The caller has the job's <see cref="JobEntry.Turn"/>.</summary>
    public Task SaveAsync(string id, JobStatus status) => SubmittedJob.WriteStatusAsync(SubmissionOf(id), status, _disk);

    /// <summary>
    /// Repeats a write until the disk allows it. Returns without a write when the process stops, and when the job was removed together
    /// with its folder.
    /// </summary>
    /// <param name="write">Writes the status of the job.</param>
    /// <returns>False if the process stops.</returns>
    public async Task<bool> WhenPossibleAsync(string id, Func<Task> write, CancellationToken stopping)
    {
        for (var pause = s_firstPause; ; pause = pause < s_longestPause ? pause * 2 : pause)
        {
            try
            {
                await write().ConfigureAwait(false);
                Fault = null;
                return true;
            }
            catch (DirectoryNotFoundException) when (_disk.FolderExists(_runs) && !_disk.FolderExists(Of(id)))
            {
                Fault = null;
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fault = $"the status of {id} cannot be written ({e.Message.TrimEnd('.')}); make room in {_runs}";
            }
            try
            {
                await Task.Delay(pause, _clock, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return false; // the next start runs the job again
            }
        }
    }
}
