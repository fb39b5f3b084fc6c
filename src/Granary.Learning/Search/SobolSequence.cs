using Granary.Engine.Numerics;

namespace Granary.Learning.Search;

/// <summary>
/// Points that fill the unit cube evenly: the sequence of Sobol (1967) with the direction numbers of Joe and Kuo, "Constructing Sobol
/// sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30 (2008), in the order of Antonov and Saleev (1979).
/// </summary>
/// <remarks>
/// A seed scrambles it as Owen (1995) does: each binary digit is flipped or not, depending on the digits before it. The flips are the
/// hash of Laine and Karras (2011) with the constants of Vegdahl (2021).
/// </remarks>
internal sealed class SobolSequence
{
    /// <summary>The largest number of dimensions.</summary>
    public const int MaxDimensions = 64;

    private const int Bits = 32;

    private readonly uint[][] _directions;
    private readonly uint[]? _scramble;

    /// <param name="seed">Null for the sequence as published.</param>
    public SobolSequence(int dimensions, ulong? seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MaxDimensions);
        _directions = new uint[dimensions][];
        for (var d = 0; d < dimensions; d++) _directions[d] = DirectionsOf(d);
        if (seed is not { } state) return;
        _scramble = new uint[dimensions];
        for (var d = 0; d < dimensions; d++) _scramble[d] = (uint)(SplitMix64.Next(ref state) >> 32);
    }

    /// <summary>Writes the point with an index, each coordinate in [0, 1).</summary>
    public void Point(uint index, Span<double> target)
    {
        var gray = index ^ (index >> 1);
        for (var d = 0; d < _directions.Length; d++)
        {
            var bits = 0u;
            for (var b = 0; b < Bits; b++)
            {
                if ((gray >> b & 1) != 0) bits ^= _directions[d][b];
            }
            if (_scramble is not null) bits = Reverse(Permute(Reverse(bits), _scramble[d]));
            target[d] = bits * (1.0 / (1L << Bits));
        }
    }

    private static uint[] DirectionsOf(int dimension)
    {
        var directions = new uint[Bits];
        if (dimension == 0)
        {
            for (var b = 0; b < Bits; b++) directions[b] = 1u << (Bits - 1 - b);
            return directions;
        }
        ReadOnlySpan<uint> row = JoeKuo[dimension - 1];
        var degree = row.Length - 1;
        for (var b = 0; b < Bits; b++)
        {
            if (b < degree)
            {
                directions[b] = row[b + 1] << (Bits - 1 - b);
                continue;
            }
            directions[b] = directions[b - degree] ^ (directions[b - degree] >> degree);
            for (var k = 1; k < degree; k++)
            {
                if ((row[0] >> (degree - 1 - k) & 1) != 0) directions[b] ^= directions[b - k];
            }
        }
        return directions;
    }

    // Only higher digits of the result depend on lower ones of its argument.
    private static uint Permute(uint x, uint seed)
    {
        unchecked
        {
            x ^= x * 0x3d20adea;
            x += seed;
            x *= (seed >> 16) | 1;
            x ^= x * 0x05526c56;
            x ^= x * 0x53a22864;
            return x;
        }
    }

    private static uint Reverse(uint x)
    {
        x = ((x >> 1) & 0x5555_5555) | ((x & 0x5555_5555) << 1);
        x = ((x >> 2) & 0x3333_3333) | ((x & 0x3333_3333) << 2);
        x = ((x >> 4) & 0x0F0F_0F0F) | ((x & 0x0F0F_0F0F) << 4);
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(x);
    }

    // By dimension from the second: the coefficients of the primitive polynomial as one number, and the initial values m.
    private static readonly uint[][] JoeKuo =
    [
        [0, 1], [1, 1, 3], [1, 1, 3, 1], [2, 1, 1, 1], [1, 1, 1, 3, 3], [4, 1, 3, 5, 13], [2, 1, 1, 5, 5, 17], [4, 1, 1, 5, 5, 5],
        [7, 1, 1, 7, 11, 19], [11, 1, 1, 5, 1, 1], [13, 1, 1, 1, 3, 11], [14, 1, 3, 5, 5, 31], [1, 1, 3, 3, 9, 7, 49],
        [13, 1, 1, 1, 15, 21, 21], [16, 1, 3, 1, 13, 27, 49], [19, 1, 1, 1, 15, 7, 5], [22, 1, 3, 1, 15, 13, 25],
        [25, 1, 1, 5, 5, 19, 61], [1, 1, 3, 7, 11, 23, 15, 103], [4, 1, 3, 7, 13, 13, 15, 69], [7, 1, 1, 3, 13, 7, 35, 63],
        [8, 1, 3, 5, 9, 1, 25, 53], [14, 1, 3, 1, 13, 9, 35, 107], [19, 1, 3, 1, 5, 27, 61, 31], [21, 1, 1, 5, 11, 19, 41, 61],
        [28, 1, 3, 5, 3, 3, 13, 69], [31, 1, 1, 7, 13, 1, 19, 1], [32, 1, 3, 7, 5, 13, 19, 59], [37, 1, 1, 3, 9, 25, 29, 41],
        [41, 1, 3, 5, 13, 23, 1, 55], [42, 1, 3, 7, 3, 13, 59, 17], [50, 1, 3, 1, 3, 5, 53, 69], [55, 1, 1, 5, 5, 23, 33, 13],
        [56, 1, 1, 7, 7, 1, 61, 123], [59, 1, 1, 7, 9, 13, 61, 49], [62, 1, 3, 3, 5, 3, 55, 33], [14, 1, 3, 1, 15, 31, 13, 49, 245],
        [21, 1, 3, 5, 15, 31, 59, 63, 97], [22, 1, 3, 1, 11, 11, 11, 77, 249], [38, 1, 3, 1, 11, 27, 43, 71, 9],
        [47, 1, 1, 7, 15, 21, 11, 81, 45], [49, 1, 3, 7, 3, 25, 31, 65, 79], [50, 1, 3, 1, 1, 19, 11, 3, 205],
        [52, 1, 1, 5, 9, 19, 21, 29, 157], [56, 1, 3, 7, 11, 1, 33, 89, 185], [67, 1, 3, 3, 3, 15, 9, 79, 71],
        [70, 1, 3, 7, 11, 15, 39, 119, 27], [84, 1, 1, 3, 1, 11, 31, 97, 225], [97, 1, 1, 1, 3, 23, 43, 57, 177],
        [103, 1, 3, 7, 7, 17, 17, 37, 71], [115, 1, 3, 1, 5, 27, 63, 123, 213], [122, 1, 1, 3, 5, 11, 43, 53, 133],
        [8, 1, 3, 5, 5, 29, 17, 47, 173, 479], [13, 1, 3, 3, 11, 3, 1, 109, 9, 69], [16, 1, 1, 1, 5, 17, 39, 23, 5, 343],
        [22, 1, 3, 1, 5, 25, 15, 31, 103, 499], [25, 1, 1, 1, 11, 11, 17, 63, 105, 183], [44, 1, 1, 5, 11, 9, 29, 97, 231, 363],
        [47, 1, 1, 5, 15, 19, 45, 41, 7, 383], [52, 1, 3, 7, 7, 31, 19, 83, 137, 221], [55, 1, 1, 1, 3, 23, 15, 111, 223, 83],
        [59, 1, 1, 5, 13, 31, 15, 55, 25, 161], [62, 1, 1, 3, 13, 25, 47, 39, 87, 257],
    ];
}
