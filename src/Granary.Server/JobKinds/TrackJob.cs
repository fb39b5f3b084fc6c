using Granary.Data.Reading;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;
using Granary.Storage.Files;
using Granary.Trading.Track;

namespace Granary.Server.JobKinds;

/// <summary>A job that replicates an index with few names. Its results are the files <c>result.json</c> and <c>replica.html</c>.</summary>
internal sealed class TrackJob(JobText text, TrackOptions options, Address? index, GranaryCatalogues catalogues) : Job(text, "track")
{
    public override Task<double> CheckDataAsync(CancellationToken cancellationToken)
    {
        Check("panel", options.Panel, File.Exists, "file");
        Check("universe", options.Universe, Directory.Exists, "folder");
        Check("index", index, File.Exists, "file");
        return Task.FromResult(0.0);
    }

    private void Check(string key, Address? address, Func<string, bool> exists, string what)
    {
        if (address?.Path is { } path && !exists(path))
            throw JsonPart.Parse(Text.File, Text.Body).Need(key).Fault($"there is no {what} '{address}'; check its path");
    }

    public override async Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken)
    {
        var started = run.Clock.GetTimestamp();
        var result = await TrackIndex.RunAsync(options, index, new BarFileOptions { Formats = catalogues.Formats }, cancellationToken)
            .ConfigureAwait(false);
        AtomicFile.Write(Path.Combine(run.Folder, "replica.html"),
            w => result.Report(Path.GetFileNameWithoutExtension(options.Index)).Write(w));
        await ResultFile.WriteAsync(run.Folder, TrackJson.Write(result), cancellationToken).ConfigureAwait(false);
        return new JobOutcome(null, null, run.Clock.GetElapsedTime(started).TotalSeconds, 0, 0);
    }
}

/// <summary>The kind of <see cref="TrackJob"/>.</summary>
internal sealed class TrackKind : RequestKind<TrackOptions>
{
    public override string Name => "track";

    public override string Summary => "Replicate an index with few names.";

    protected override Job Read(TrackOptions request, JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        // With a universe, the index is a file.
        var index = request.Universe is null ? null : body.Need("index").Address(Address.Plain);
        return new TrackJob(text, request, index, catalogues);
    }
}
