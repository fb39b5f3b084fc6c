namespace Granary.Engine.Portfolio.Allocation;

/// <summary>
/// The permitted weights: a bound below and above for each asset, caps of sums, and one total. Caps are nested or disjoint, so what they
/// permit is found exactly by passing sums up and down their tree.
/// </summary>
internal sealed class WeightBounds
{
    private const double Rounding = 1e-12;

    // The assets 0 … n−1, then the caps from the smallest on, then the total.
    private readonly int[] _parent;
    private readonly List<int>[] _children;
    private readonly double[] _bound, _least, _most;
    private readonly List<int[]> _members = [];

    /// <param name="places">The assets that are weighted, by their places in the caps.</param>
    /// <exception cref="ArgumentException">The bounds contradict one another.</exception>
    public WeightBounds(AllocationSettings settings, IReadOnlyList<int> places)
    {
        Check(settings);
        (Count, Minimum, Maximum) = (places.Count, settings.Minimum, settings.Maximum);
        var position = places.Select((place, i) => (place, i)).ToDictionary(p => p.place, p => p.i);
        var caps = new List<double>();
        foreach (var cap in settings.Caps.OrderBy(c => c.Members.Count))
        {
            int[] members = [.. cap.Members.Where(position.ContainsKey).Select(m => position[m]).Order()];
            if (members.Length == 0) continue;
            _members.Add(members);
            caps.Add(cap.Maximum);
        }
        _members.Add([.. Enumerable.Range(0, Count)]);
        var nodes = Count + _members.Count;
        (_parent, _children) = (new int[nodes], [.. Enumerable.Range(0, nodes).Select(_ => new List<int>())]);
        (_bound, _least, _most) = (new double[nodes], new double[nodes], new double[nodes]);
        for (var i = 0; i < Count; i++) (_bound[i], _least[i], _most[i]) = (Maximum, Minimum, Maximum);
        caps.CopyTo(_bound, Count);
        _bound[^1] = 1;
        Link();
        for (var node = Count; node < nodes; node++) Sum(node);
        Total = _most[^1];
        Equalities = [];
        Fixed = new double?[Count];
        Settle(nodes - 1);
        for (var node = Count; node < nodes; node++)
            if (_least[node] >= _most[node] - Rounding)
                foreach (var i in _members[node - Count]) Fixed[i] ??= Minimum;
    }

    public int Count { get; }

    public double Minimum { get; }

    public double Maximum { get; }

    /// <summary>The sum of all weights: 1, or the most that the bounds permit.</summary>
    public double Total { get; }

    /// <summary>By asset: its weight if the bounds permit only one; otherwise null.</summary>
    public double?[] Fixed { get; }

    /// <summary>Sums that are given, over disjoint sets of assets.</summary>
    public List<(int[] Members, double Sum)> Equalities { get; }

    /// <summary>Caps below which other weights are possible.</summary>
    public IEnumerable<(int[] Members, double Most)> Caps
    {
        get
        {
            for (var node = Count; node < _bound.Length - 1; node++)
                if (_bound[node] < ChildrenMost(node) - Rounding && !Equalities.Any(e => e.Members == _members[node - Count]))
                    yield return (_members[node - Count], _bound[node]);
        }
    }

    private static void Check(AllocationSettings settings)
    {
        if (!(settings.Minimum >= 0 && settings.Maximum > 0 && settings.Minimum <= settings.Maximum))
            throw new ArgumentException($"a weight cannot be from {settings.Minimum} to {settings.Maximum}", nameof(settings));
        var caps = settings.Caps.Select(c => c.Members.ToHashSet()).ToList();
        for (var a = 0; a < caps.Count; a++)
        {
            if (!(settings.Caps[a].Maximum > 0))
                throw new ArgumentException($"a sum of weights cannot be at most {settings.Caps[a].Maximum}", nameof(settings));
            for (var b = 0; b < a; b++)
                if (caps[a].Overlaps(caps[b]) && !caps[a].IsSubsetOf(caps[b]) && !caps[b].IsSubsetOf(caps[a]))
                    throw new ArgumentException($"the caps {b} and {a} have only a part of their assets in common", nameof(settings));
        }
    }

    // The parent of a node is the smallest cap around it.
    private void Link()
    {
        var nodes = _bound.Length;
        var top = Enumerable.Range(0, Count).ToArray(); // by asset: the outermost node so far
        for (var node = Count; node < nodes; node++)
        {
            foreach (var child in _members[node - Count].Select(i => top[i]).Distinct())
            {
                _parent[child] = node;
                _children[node].Add(child);
            }
            foreach (var i in _members[node - Count]) top[i] = node;
        }
        _parent[^1] = -1;
    }

    private double ChildrenMost(int node)
    {
        var sum = 0.0;
        foreach (var child in _children[node]) sum += _most[child];
        return sum;
    }

    private void Sum(int node)
    {
        foreach (var child in _children[node]) _least[node] += _least[child];
        if (_least[node] > _bound[node] + Rounding)
            throw new ArgumentException(FormattableString.Invariant(
                $"{_members[node - Count].Length} weights of at least {Minimum} exceed {_bound[node]}"));
        _most[node] = Math.Min(_bound[node], ChildrenMost(node));
    }

    // The node has its largest sum.
    private void Settle(int node)
    {
        if (node < Count) Fixed[node] = _most[node];
        else if (_bound[node] < ChildrenMost(node) - Rounding) Equalities.Add((_members[node - Count], _bound[node]));
        else foreach (var child in _children[node]) Settle(child);
    }

    /// <summary>The weights with the greatest sum of gains.</summary>
    /// <param name="previous">Weights above which a further unit gains less; null = none.</param>
    /// <param name="price">Added to the gain of a unit below the previous weight, subtracted above it.</param>
    /// <remarks>
    /// The caps are a polymatroid and the gains are concave, so the greedy choice is the best (Federgruen and Groenevelt 1986).
    /// </remarks>
    public double[] Greatest(IReadOnlyList<double> gains, double[]? previous, double price)
    {
        var parts = new List<(double Gain, int Asset, double Length)>();
        for (var i = 0; i < Count; i++)
        {
            var kink = previous is null || price == 0 ? Minimum : Math.Clamp(previous[i], Minimum, Maximum);
            var cost = previous is null ? 0 : price;
            parts.Add((gains[i] + cost, i, kink - Minimum));
            parts.Add((gains[i] - cost, i, Maximum - kink));
        }
        var weights = new double[Count];
        Array.Fill(weights, Minimum);
        double[] sums = [.. _least];
        foreach (var (_, asset, length) in parts.OrderByDescending(p => p.Gain).ThenBy(p => p.Asset))
        {
            var room = length;
            for (var node = asset; node >= 0; node = _parent[node])
                room = Math.Min(room, (node < Count ? Maximum : _bound[node]) - sums[node]);
            if (!(room > 0)) continue;
            weights[asset] += room;
            for (var node = asset; node >= 0; node = _parent[node]) sums[node] += room;
        }
        return weights;
    }

    /// <summary>Weights as alike as permitted.</summary>
    public double[] Flat()
    {
        var flat = new double[Count];
        Array.Fill(flat, 1);
        return Proportional(flat);
    }

    /// <summary>
    /// The permitted weights with the smallest relative entropy to a target: in proportion to it, where no bound binds. What a bound takes
    /// from some is divided among the others in proportion.
    /// </summary>
    /// <param name="target">All above 0.</param>
    public double[] Proportional(IReadOnlyList<double> target)
    {
        var weights = new double[Count];
        Scale(_bound.Length - 1, Total, target, weights);
        return weights;
    }

    // Divides a sum among the assets of a node. The sum rises with the common factor, which bisection finds to its last bit.
    private void Scale(int node, double sum, IReadOnlyList<double> target, double[] weights)
    {
        var (low, high) = (0.0, _members[node - Count].Max(i => Maximum / target[i]));
        while (low + (high - low) / 2 is var middle && middle > low && middle < high)
        {
            var total = 0.0;
            foreach (var child in _children[node]) total += SumAt(child, middle, target);
            if (total < sum) low = middle;
            else high = middle;
        }
        foreach (var child in _children[node])
        {
            if (child < Count)
                weights[child] = high * target[child] is var weight && weight >= Maximum * (1 - 1e-15) ? Maximum
                    : Math.Max(weight, Minimum);
            else Scale(child, SumAt(child, high, target), target, weights);
        }
    }

    private double SumAt(int node, double factor, IReadOnlyList<double> target)
    {
        if (node < Count) return Math.Clamp(factor * target[node], Minimum, Maximum);
        var sum = 0.0;
        foreach (var child in _children[node]) sum += SumAt(child, factor, target);
        return Math.Min(sum, _bound[node]);
    }
}
