namespace Granary.Backtesting.Charts;

/// <summary>
/// A cache of the most recently requested answers by name. Several readers may wait for the same answer, so none of them can cancel it.
/// </summary>
/// <param name="most">How many answers stay in memory.</param>
internal sealed class RecentAnswers<T>(int most)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(string Name, Task<T> Answer)> _answers = new();

    /// <summary>Returns the answer of a name; computes it where it is not in memory.</summary>
    public async Task<T> FindAsync(string name, Func<Task<T>> compute)
    {
        Task<T> answer;
        lock (_gate)
        {
            var known = _answers.FirstOrDefault(c => c.Name == name);
            if (known.Name is not null) _answers.Remove(known);
            answer = known.Answer ?? compute();
            _answers.AddFirst((name, answer));
            if (_answers.Count > most) _answers.RemoveLast();
        }
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch
        {
            lock (_gate) _answers.Remove((name, answer));
            throw;
        }
    }
}
