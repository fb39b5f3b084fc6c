using Granary.Engine;
using Granary.Simulation.Json;

namespace Granary.Api.Code;

/// <summary>Limits how many files are compiled at once and how long each may take, so other callers get answers too.</summary>
internal sealed class CodeTurns(TimeProvider clock) : IDisposable
{
    /// <summary>The longest time of a request, with the wait for its turn.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <exception cref="ServiceUnavailableException">Files of other callers took the whole time.</exception>
    /// <exception cref="InputException">The file takes too long.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_longest, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _turns.WaitAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServiceUnavailableException("the server compiles files of other callers; try again", e);
        }
        try
        {
            return await Task.Run(() => work(end.Token), end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InputException($"the file was not compiled within {s_longest.TotalSeconds} s; make it smaller", e);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
