using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Trading.Book;

/// <summary>
/// Adds the positions of many books in one instrument. A change of one book costs a few additions, and the sum depends on the positions of
/// now alone: it has no rounding error of earlier positions.
/// </summary>
internal sealed class PositionTree
{
    // A complete binary tree: node 1 is the sum, and the leaves are the second half.
    private PositionSums[] _nodes = new PositionSums[2];
    private int _leaves = 1;

    /// <summary>The sum over all books.</summary>
    public ref readonly PositionSums Sum => ref _nodes[1];

    /// <summary>Sets the positions of a book.</summary>
    /// <param name="place">The index of the book, from 0.</param>
    public void Set(int place, in PositionSums sums)
    {
        while (place >= _leaves) Grow();
        var node = _leaves + place;
        _nodes[node] = sums;
        for (node /= 2; node >= 1; node /= 2) _nodes[node] = _nodes[2 * node] + _nodes[2 * node + 1];
    }

    private void Grow()
    {
        var nodes = new PositionSums[4 * _leaves];
        Array.Copy(_nodes, _leaves, nodes, 2 * _leaves, _leaves);
        (_nodes, _leaves) = (nodes, 2 * _leaves);
        for (var node = _leaves - 1; node >= 1; node--) _nodes[node] = _nodes[2 * node] + _nodes[2 * node + 1];
    }
}
