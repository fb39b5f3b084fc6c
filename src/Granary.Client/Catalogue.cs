namespace Granary.Client;

/// <summary>A catalogue of a server.</summary>
public enum Catalogue
{
    /// <summary>Classes of strategies.</summary>
    Strategies,

    /// <summary>Factors.</summary>
    Factors,

    /// <summary>Trainers of models.</summary>
    Trainers,

    /// <summary>Brokers.</summary>
    Brokers,

    /// <summary>Kinds of jobs.</summary>
    Jobs,
}
