using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Contracts.Weights;
using Granary.Engine;
using Granary.Storage.Files;

namespace Granary.Simulation.Weights;

/// <summary>
/// Stores the versions of each portfolio's weights in one file, which is replaced atomically: a reader or a crash sees either the old or
/// the new file.
/// </summary>
internal sealed class FileWeights(string folder, TimeProvider clock) : IWeightsService
{
    private sealed record Content(IReadOnlyList<PortfolioWeights> Versions);

    private readonly SemaphoreSlim _one = new(1, 1);

    public async ValueTask<PortfolioWeights?> FindAsync(string portfolio, CancellationToken cancellationToken = default) =>
        (await HistoryAsync(portfolio, cancellationToken).ConfigureAwait(false)) is [var newest, ..] ? newest : null;

    public async ValueTask<IReadOnlyList<PortfolioWeights>> HistoryAsync(string portfolio, CancellationToken cancellationToken = default)
    {
        WeightsValidation.CheckPortfolio(portfolio);
        var path = PathOf(portfolio);
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        try
        {
            return JsonSerializer.Deserialize<Content>(bytes, JobJson.Options)!.Versions;
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}, line {e.LineNumber + 1}: not a file of weights as Granary writes it; put back a copy or "
                + $"remove it", e);
        }
    }

    public async ValueTask<PortfolioWeights> SetAsync(string portfolio, long expectedVersion, IReadOnlyDictionary<string, double> weights,
        string who, string why, CancellationToken cancellationToken = default)
    {
        var ordered = WeightsValidation.Checked(portfolio, weights, why);
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(folder);
            using var others = await LockAsync(PathOf(portfolio) + ".lock", cancellationToken).ConfigureAwait(false);
            var history = await HistoryAsync(portfolio, cancellationToken).ConfigureAwait(false);
            var current = history is [var newest, ..] ? newest.Version : 0;
            if (current != expectedVersion) throw new StaleWeightsException(portfolio, expectedVersion, current);
            var next = new PortfolioWeights(portfolio, current + 1, ordered, who, why, clock.GetUtcNow());
            await AtomicFile.WriteAsync(PathOf(portfolio),
                JsonSerializer.SerializeToUtf8Bytes(new Content([next, .. history]), JobJson.Options), cancellationToken)
                .ConfigureAwait(false);
            return next;
        }
        finally
        {
            _one.Release();
        }
    }

    private string PathOf(string portfolio) => Path.Combine(folder, portfolio + ".weights.json");

    /// <summary>Locks out other processes while this one reads and replaces the file.</summary>
    private static async Task<DiskFile> LockAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await ExclusiveFile.OpenAsync(path, TimeSpan.FromSeconds(5), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, path))
        {
            throw new IOException($"{path} has been held by another process for five seconds; is a second Granary writing these weights?",
                e);
        }
    }
}
