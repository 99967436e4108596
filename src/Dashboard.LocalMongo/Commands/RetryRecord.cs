namespace Dashboard.LocalMongo.Commands;

/// <summary>
/// What the engine must still know when a driver asks again after a crash: which transactions were committed, and what batches of several
/// statements answered. Each record is part of the commit that it speaks of.
/// </summary>
internal static class RetryRecord
{
    public static async Task PrepareAsync(Backend backend, CancellationToken cancellationToken)
    {
        foreach (var sql in Tables.Append(WriteOnceFunction)) await backend.RowAsync(null, sql, [], cancellationToken);
    }

    /// <summary>SQL that does a batch or, the second time, gives the first time's answer. Parameters: database, command, sequence, id.</summary>
    public static string WriteOnce(string function) => $"SELECT reply, success FROM localmongo.write_once('{function}', $4, $1, $2, $3)";

    /// <summary>Forgets what no driver will ask for again.</summary>
    public static async Task SweepAsync(Backend backend, CancellationToken cancellationToken)
    {
        await backend.RowAsync(null, "DELETE FROM localmongo.commits WHERE at < now() - interval '30 minutes'", [], cancellationToken);
        await backend.RowAsync(null, "DELETE FROM localmongo.writes WHERE at < now() - interval '30 minutes'", [], cancellationToken);
    }

    private static readonly string[] Tables =
    [
        "CREATE SCHEMA IF NOT EXISTS localmongo",
        "CREATE TABLE IF NOT EXISTS localmongo.commits (id text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
        "CREATE TABLE IF NOT EXISTS localmongo.writes (id text PRIMARY KEY, reply bytea NOT NULL, success boolean NOT NULL, at timestamptz NOT NULL DEFAULT now())",
    ];

    private const string WriteOnceFunction = """
        CREATE OR REPLACE FUNCTION localmongo.write_once(kind text, retry_id text, db text, command bytea, sequence bytea, OUT reply bytea, OUT success boolean)
        LANGUAGE plpgsql AS $f$
        BEGIN
          SELECT w.reply, w.success INTO reply, success FROM localmongo.writes w WHERE w.id = retry_id;
          IF FOUND THEN RETURN; END IF;
          CASE kind
            WHEN 'insert' THEN SELECT p_result::bytea, p_success INTO reply, success FROM documentdb_api.insert(db, command, sequence, NULL);
            WHEN 'update' THEN SELECT p_result::bytea, p_success INTO reply, success FROM documentdb_api.update(db, command, sequence, NULL);
            WHEN 'delete' THEN SELECT p_result::bytea, p_success INTO reply, success FROM documentdb_api.delete(db, command, sequence, NULL);
          END CASE;
          INSERT INTO localmongo.writes (id, reply, success) VALUES (retry_id, reply, success);
        END $f$
        """;
}
