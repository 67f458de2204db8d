%% Makes the running broker hold the users, rights and queues of the definitions file, and no other user; whoever left
%% loses the session. New certificates are read at the next handshake.
{ok, Json} = file:read_file("/run/keeper/.definitions.json"),
Wanted = [maps:get(<<"name">>, User) || User <- maps:get(<<"users">>, rabbit_json:decode(Json))],
Held = [proplists:get_value(user, User) || User <- rabbit_auth_backend_internal:list_users()],
[ok = rabbit_auth_backend_internal:delete_user(Name, <<"keeper">>) || Name <- Held -- Wanted],
ok = rabbit_definitions:import_raw(Json),
ok = ssl:clear_pem_cache(),
applied.
