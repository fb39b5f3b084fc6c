using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Storage.Files;

namespace Granary.Server.Jobs;

/// <summary>A submitted job as stored in its folder: its text, and the data that identifies a repeated submission.</summary>
/// <param name="Trace">The W3C trace parent of the request; null if it was not traced.</param>
internal sealed record SubmittedJob(string Text, string Folder, string FileName, string? IdempotencyKey,
    string Kind = JobCatalogue.Backtest,
    string? Trace = null)
{
    private const string TextFile = "batch.json", StatusFile = "status.json";

    /// <summary>SHA-256 of the text and its folder, which is equal for submissions of the same work.</summary>
    public string Digest => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Text + "\0" + Folder)));

    public static SubmittedJob Of(JobSubmission submission)
    {
        var text = submission.Job.Text;
        return new SubmittedJob(Encoding.UTF8.GetString(text.Body), text.Folder, text.File, submission.ScopedKey, text.Kind,
            Activity.Current?.Id);
    }

    /// <summary>Returns the text, from which the job is parsed and run.</summary>
    public JobText ToText() => new(Kind, Encoding.UTF8.GetBytes(Text), FileName, Folder);

    /// <summary>Whether a run's folder belongs to a job that was submitted here and acknowledged.</summary>
    public static bool IsIn(string folder, Disk disk) => disk.FileExists(StatusIn(folder));

    /// <summary>The path of the status in a folder <c>.submission</c>.</summary>
    public static string StatusIn(string folder) => Path.Combine(folder, StatusFile);

    /// <param name="folder">The folder <c>.submission</c> of the job; created if missing.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public Task WriteAsync(string folder, Disk disk, CancellationToken cancellationToken)
    {
        disk.CreateFolder(folder);
        return AtomicFile.WriteAsync(Path.Combine(folder, TextFile), JsonSerializer.SerializeToUtf8Bytes(this, JobJson.Options),
            cancellationToken, AtomicFile.OwnerOnly, disk.Files); // the text may have passwords
    }

    /// <exception cref="JsonException">The file is damaged.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static SubmittedJob Read(string folder, Disk disk) => Read<SubmittedJob>(Path.Combine(folder, TextFile), disk);

    /// <inheritdoc cref="WriteAsync"/>
    public static Task WriteStatusAsync(string folder, JobStatus status, Disk disk) => AtomicFile.WriteAsync(
        Path.Combine(folder, StatusFile), JsonSerializer.SerializeToUtf8Bytes(status, JobJson.Options), files: disk.Files);

    /// <inheritdoc cref="Read(string, Disk)"/>
    public static JobStatus ReadStatus(string folder, Disk disk) => Read<JobStatus>(Path.Combine(folder, StatusFile), disk);

    private static T Read<T>(string path, Disk disk) =>
        JsonSerializer.Deserialize<T>(disk.ReadAllBytes(path), JobJson.Options) ?? throw new JsonException($"{path} is empty");
}
