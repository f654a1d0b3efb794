namespace Orrery.Resources.Schema;

/// <summary>
/// What must hold between fields of one record, said twice side by side: as CEL for the API server of a cluster, and in C# for our own. A test
/// gives every rule an example that keeps it and one that breaks it, and a real API server sees both.
/// </summary>
public abstract record Rule(Type On, string Cel, string Field, string Message)
{
    /// <param name="holds">Of a record whose fields have the right types; limits of single fields may be broken.</param>
    /// <param name="field">JSON name of the field that the message is about.</param>
    /// <param name="message">What must be so, as in <c>must not be below minReplicas</c>.</param>
    public static Rule For<T>(string cel, Func<T, bool> holds, string field, string message)
        where T : class
        => new Of<T>(cel, field, message, holds);

    public abstract bool Holds(object record);

    private sealed record Of<T>(string Cel, string Field, string Message, Func<T, bool> Predicate) : Rule(typeof(T), Cel, Field, Message)
        where T : class
    {
        public override bool Holds(object record) => Predicate((T)record);
    }
}
