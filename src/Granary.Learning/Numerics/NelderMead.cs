namespace Granary.Learning.Numerics;

/// <summary>Minimises a function of a few variables without derivatives (Nelder and Mead 1965). The steps are deterministic.</summary>
internal static class NelderMead
{
    /// <param name="loss">May return +∞ to exclude a region; must be finite at <paramref name="start"/>.</param>
    /// <returns>The best point found.</returns>
    public static double[] Minimise(Func<double[], double> loss, double[] start, double step = 0.1, int evaluations = 600,
        double tolerance = 1e-10)
    {
        var n = start.Length;
        if (n == 0) return start;
        var simplex = new Simplex(loss, start, step);
        while (simplex.Evaluations < evaluations && !simplex.IsFlat(tolerance))
        {
            simplex.Move();
            simplex.Sort();
        }
        return simplex.Best;
    }

    /// <summary>n + 1 points and their losses, the smallest first.</summary>
    private sealed class Simplex
    {
        private readonly Func<double[], double> _loss;
        private readonly int _n;
        private readonly double[][] _points;
        private readonly double[] _values, _centre;

        public Simplex(Func<double[], double> loss, double[] start, double step)
        {
            _loss = loss;
            _n = start.Length;
            _points = new double[_n + 1][];
            _values = new double[_n + 1];
            _centre = new double[_n];
            for (var i = 0; i <= _n; i++)
            {
                var point = _points[i] = (double[])start.Clone();
                if (i > 0) point[i - 1] += point[i - 1] != 0 ? step * Math.Max(Math.Abs(point[i - 1]), 0.1) : step;
                _values[i] = loss(point);
            }
            Evaluations = _n + 1;
            Sort();
        }

        public int Evaluations { get; private set; }

        public double[] Best => _points[0];

        public bool IsFlat(double tolerance) => Math.Abs(_values[_n] - _values[0]) <= tolerance * Math.Abs(_values[0]);

        /// <summary>Replaces the worst point by a better one, or shrinks the simplex towards the best point.</summary>
        public void Move()
        {
            Array.Clear(_centre);
            for (var i = 0; i < _n; i++)
                for (var j = 0; j < _n; j++)
                    _centre[j] += _points[i][j] / _n;
            var reflected = Along(1);
            var value = Evaluate(reflected);
            if (value < _values[0])
            {
                var expanded = Along(2);
                var further = Evaluate(expanded);
                ReplaceWorst(further < value ? expanded : reflected, Math.Min(further, value));
            }
            else if (value < _values[_n - 1])
            {
                ReplaceWorst(reflected, value);
            }
            else
            {
                var contracted = Along(value < _values[_n] ? 0.5 : -0.5);
                var inner = Evaluate(contracted);
                if (inner < Math.Min(value, _values[_n])) ReplaceWorst(contracted, inner);
                else Shrink();
            }
        }

        /// <summary>Insertion sort, which is stable.</summary>
        public void Sort()
        {
            for (var i = 1; i <= _n; i++)
                for (var j = i; j > 0 && _values[j] < _values[j - 1]; j--)
                {
                    (_values[j], _values[j - 1]) = (_values[j - 1], _values[j]);
                    (_points[j], _points[j - 1]) = (_points[j - 1], _points[j]);
                }
        }

        private double[] Along(double factor)
        {
            var point = new double[_n];
            for (var j = 0; j < _n; j++) point[j] = _centre[j] + factor * (_centre[j] - _points[_n][j]);
            return point;
        }

        private double Evaluate(double[] point)
        {
            Evaluations++;
            var value = _loss(point);
            return double.IsNaN(value) ? double.PositiveInfinity : value;
        }

        private void ReplaceWorst(double[] point, double value) => (_points[_n], _values[_n]) = (point, value);

        private void Shrink()
        {
            for (var i = 1; i <= _n; i++)
            {
                for (var j = 0; j < _n; j++) _points[i][j] = _points[0][j] + 0.5 * (_points[i][j] - _points[0][j]);
                _values[i] = Evaluate(_points[i]);
            }
        }
    }
}
