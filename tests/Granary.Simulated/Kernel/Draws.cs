using System.IO.Hashing;
using System.Text;

namespace Granary.Simulated.Kernel;

/// <summary>
/// A stream of random numbers that depends on its seed alone (SplitMix64, Steele, Lea and Flood 2014). A stream for another purpose is
/// forked by name, so that a draw more in one place changes no draw in another.
/// </summary>
internal sealed class Draws(ulong seed)
{
    private readonly ulong _seed = seed;
    private ulong _state = seed;

    /// <summary>Another stream, which depends on this one's seed and the name.</summary>
    public Draws Fork(string name) => new(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name), unchecked((long)_seed)));

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>At least 0, below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>At least 0, below the count.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    /// <summary>Both ends can be drawn.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>Log-uniform: short spans are as likely as long ones. The least one must be above zero.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) =>
        TimeSpan.FromTicks((long)(least.Ticks * Math.Pow((double)most.Ticks / least.Ticks, Unit())));

    public bool Chance(double probability) => Unit() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    public Guid Guid() => new(BitConverter.GetBytes(Next()).Concat(BitConverter.GetBytes(Next())).ToArray());

    /// <summary>
    /// The rate of a fault: half of the runs do without it, and the others draw a rate log-uniformly from a hundredth of the highest to
    /// the highest (swarm testing, Groce et al. 2012), so that a frequent fault does not hide what a rare one shows.
    /// </summary>
    public double Rate(double highest)
    {
        var isOn = Chance(0.5);
        var rate = highest * Math.Pow(100, Unit() - 1);
        return isOn ? rate : 0;
    }
}
